"""The open archive: JSON with a published schema, tables, sealed PDFs, and what it takes to check it without this software."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path

from django.utils.translation import gettext

from supervision.records import archives

OPEN = Path(__file__).parent / "open"
SCHEMA = OPEN / "portfolio.schema.json"
VERIFY = OPEN / "verify.py"
SCHEMA_VERSION = 1


def packed(files: Mapping[str, bytes], *, made_at: datetime.datetime) -> bytes:
    """A ZIP of these files with their digests, the schema, the program that checks them and a page that says how."""
    everything = {
        **files,
        "schema.json": SCHEMA.read_bytes(),
        "verify.py": VERIFY.read_bytes(),
        "README.txt": _read_me().encode(),
    }
    return archives.packed(everything, listed_in="digests.txt", made_at=made_at, signed=True)


def _read_me() -> str:
    return gettext(
        "What is in here\n\n"
        "portfolio.json or everything.json: all of it as data. schema.json says how the portfolio is built.\n"
        "tables: the same facts for a spreadsheet.\n"
        "records: what was signed, as sealed PDF files. Any PDF reader shows whether one was altered.\n"
        "digests.txt: a mark of every file, signed by the agency (digests.txt.sig).\n\n"
        "To check all of it, without Common Hour: python3 verify.py\n"
        "or with OpenSSL: openssl dgst -sha256 -verify seal-key.der -keyform DER -signature digests.txt.sig digests.txt\n"
        "and then sha256sum -c digests.txt. Either shows that nothing was altered since somebody signed it with the key in "
        "seal-key.der. That the key is the agency’s you see on its page “Check a PDF”, which shows the SHA-256 of that file.\n\n"
        "These files hold what was said in confidence. Keep them where you keep what is yours.\n"
    )
