from __future__ import annotations

from typing import Any

import pytest

from supervision.people.models import User

from . import makers


@pytest.fixture
def lina(cast: Any) -> User:
    """Marisol's line manager."""
    return makers.line_manager(cast)
