"""Files that leave together: a ZIP with a list of their marks, by which anybody can check them."""

from __future__ import annotations

import datetime
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any


def as_json(data: Any) -> bytes:
    """Readable, in a fixed order."""
    return (json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def packed(
    files: Mapping[str, bytes], *, listed_in: str, made_at: datetime.datetime, signed: bool = False
) -> bytes:
    """A ZIP of these files and, under the name `listed_in`, a list of them with the SHA-256 of each.

    `signed`: with a signature of that list by the agency, and the key to check it with. Raises SealUnavailable. Without it the same
    files give the same bytes.
    """
    lines = [f"{hashlib.sha256(data).hexdigest()}  {name}" for name, data in sorted(files.items())]
    everything = {**files, listed_in: ("\n".join(lines) + "\n").encode()}
    if signed:
        from . import certificate  # only the worker signs: the pages need not load what it takes

        everything[f"{listed_in}.sig"] = certificate.sign(everything[listed_in])
        everything["seal-key.der"] = certificate.public_key()
    out, stamp = io.BytesIO(), made_at.timetuple()[:6]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(everything.items()):
            archive.writestr(zipfile.ZipInfo(name, date_time=stamp), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()
