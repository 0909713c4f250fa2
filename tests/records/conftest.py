"""A certificate of its own for each test that seals a PDF."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from supervision.records import certificate, seal_pdf


@pytest.fixture
def secrets(settings: Any, tmp_path: Path) -> Path:
    """An empty secrets directory, in use for this test."""
    settings.SECRETS_DIR = tmp_path / "secrets"
    settings.SEAL_TSA_URL = ""
    return settings.SECRETS_DIR


@pytest.fixture
def sealing(secrets: Path) -> Callable[[bytes], seal_pdf.SealedPdf]:
    """Seals a PDF with a fresh certificate of Riverbend Peer Alliance."""
    certificate.ensure_certificate("Riverbend Peer Alliance")

    def seal(pdf: bytes) -> seal_pdf.SealedPdf:
        name = "Riverbend Peer Alliance"
        return seal_pdf.seal_pdf(pdf, reason="Session record, signed and sealed", name=name, location=name)

    return seal
