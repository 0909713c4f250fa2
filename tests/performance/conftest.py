"""The cast, with Lina, who is Marisol's line manager."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests import factories


@pytest.fixture
def work(cast: Any) -> Any:
    """Dana supervises Marisol; Lina is her line manager; Priya manages her program; the others have nothing to do with her."""
    lina = factories.person("Lina Linemanager")
    cast.worker.line_manager = lina
    cast.worker.save()
    return SimpleNamespace(**{**vars(cast), "line_manager": lina})
