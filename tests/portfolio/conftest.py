"""A seal for files that leave."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from supervision.records import certificate


@pytest.fixture
def sealing(settings: Any, tmp_path: Path) -> None:
    settings.SECRETS_DIR = tmp_path / "secrets"
    certificate.ensure_certificate("Riverbend Peer Alliance")
