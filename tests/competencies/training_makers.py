"""Entries of a training log, credentials and files, made with the operations that people use."""

from __future__ import annotations

import datetime
import io
import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image
from pyhanko.pdf_utils import generic, writer
from pyhanko.pdf_utils.generic import pdf_name

from competencies.library import operations as library
from competencies.training import areas, operations
from competencies.training.models import EvidenceFile, TrainingEntry
from supervision.people.models import Credential, User

TITLE, PROVIDER, TOOK = (
    "canary-siskin: a class",
    "canary-siskin: a college",
    "canary-siskin: ask before advising",
)

DAYS = {"day", "until", "issued_on", "expires_on", "let_go_on"}


def day(ahead: int = 0) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=ahead)


def days(given: dict[str, Any]) -> dict[str, Any]:
    """Days that a table of cases gives as so many from today: it is read long before its tests run."""
    return {
        name: day(value) if isinstance(value, int) and name in DAYS else value
        for name, value in given.items()
    }


def written(**given: Any) -> operations.Written:
    values: dict[str, Any] = {
        "title": TITLE,
        "kind": "class",
        "provider": PROVIDER,
        "day": day(-3),
        "minutes": 90,
        "took": TOOK,
    }
    return operations.Written(**(values | given))


def entry(owner: User, **given: Any) -> TrainingEntry:
    return operations.add(by=owner, key=uuid.uuid4(), written=written(**given))


def shipped_areas() -> list[areas.Area]:
    """The areas in force, with the frameworks that are shipped."""
    library.bring_in(library.shipped())
    return areas.in_force()


def credential(owner: User, **given: Any) -> Credential:
    """One that its holder keeps."""
    values = {
        "name": "Certified peer specialist",
        "issuer": "State board",
        "number": "canary-siskin 7714",
        "issued_on": day(-400),
        "expires_on": day(300),
    }
    return operations.keep_credential(by=owner, key=uuid.uuid4(), **(values | given))


def renewed(row: Credential, **given: Any) -> Credential:
    values = {
        "name": row.name,
        "issuer": row.issuer,
        "number": "",
        "issued_on": day(),
        "expires_on": day(700),
    }
    return operations.renew(row, by=row.person, key=uuid.uuid4(), **(values | given))


def evidence(of: TrainingEntry | Credential, content: bytes | None = None, **given: Any) -> EvidenceFile:
    owner = of.owner if isinstance(of, TrainingEntry) else of.person
    values = {"by": owner, "key": uuid.uuid4(), "name": "certificate.png"} | given
    return operations.attach(of, content=png() if content is None else content, **values)


# Files --------------------------------------------------------------------------------------------------------


def png(**saved: Any) -> bytes:
    return _picture("PNG", **saved)


def jpeg(**saved: Any) -> bytes:
    return _picture("JPEG", **saved)


def _picture(kind: str, **saved: Any) -> bytes:
    kept = io.BytesIO()
    Image.radial_gradient("L").resize((40, 30)).convert("RGB").save(kept, kind, **saved)
    return kept.getvalue()


def pdf(**root: Any) -> bytes:
    """One empty page; `root` puts more into its catalog, such as OpenAction."""
    made = writer.PdfFileWriter()
    made.insert_page(
        writer.PageObject(
            contents=made.add_object(generic.StreamObject(stream_data=b"q Q")), media_box=(0, 0, 200, 200)
        )
    )
    for name, value in root.items():
        made.root[pdf_name(f"/{name}")] = value
    kept = io.BytesIO()
    made.write(kept)
    return kept.getvalue()


def upload(content: bytes, name: str = "certificate.png", type_: str = "image/png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, type_)


# What a browser sends -----------------------------------------------------------------------------------------


def post(row: TrainingEntry | None = None, **given: Any) -> dict[str, Any]:
    data: dict[str, Any] = {
        "version": row.version if row else 0,
        "key": "" if row else str(uuid.uuid4()),
        "title": row.title if row else TITLE,
        "kind": row.kind if row else "class",
        "provider": row.provider if row else PROVIDER,
        "day": (row.day if row else day(-3)).isoformat(),
        "until": row.until.isoformat() if row and row.until else "",
        "hours": str(row.minutes / 60) if row else "1.5",
        "took": row.took if row else TOOK,
        "page": "p1",
        "save": "1",
    }
    return data | given


def post_credential(row: Credential | None = None, **given: Any) -> dict[str, Any]:
    data: dict[str, Any] = {
        "version": row.version if row else 0,
        "key": "" if row else str(uuid.uuid4()),
        "name": row.name if row else "Certified peer specialist",
        "issuer": row.issuer if row else "State board",
        "number": row.number if row else "canary-siskin 7714",
        "issued_on": "",
        "expires_on": row.expires_on.isoformat() if row and row.expires_on else "",
        "page": "p1",
        "save": "1",
    }
    return data | given
