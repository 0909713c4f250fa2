"""A page needs none of what makes and seals PDFs: it is loaded where a document is made."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from django.conf import settings

HEAVY = ["pyhanko", "aiohttp", "weasyprint", "pikepdf"]


def test_the_web_server_loads_nothing_that_only_the_worker_uses() -> None:
    code = f"import json, sys, supervision.wsgi, supervision.urls; print(json.dumps([m for m in {HEAVY} if m in sys.modules]))"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": "sqlite:///:memory:",
    }
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout.splitlines()[-1]) == []
