"""Uploads stay in memory under a cap; nothing that somebody sends is written to disk."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import MemoryFileUploadHandler, StopUpload


class InMemoryOnly(MemoryFileUploadHandler):
    """Refuses a body that is too big instead of spooling it to disk."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803  (Django's own name)
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        self.activated = content_length <= settings.FILE_UPLOAD_MAX_MEMORY_SIZE
        if not self.activated:
            raise StopUpload(connection_reset=False)
