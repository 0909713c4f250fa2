"""Files that show what somebody learned or holds: kept encrypted with the key of what they show, for its owner alone."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from supervision.people.models import Credential, User
from supervision.records import audit, ids
from supervision.records.errors import AlreadyDone, Invalid

from .. import files, policy
from ..models import EvidenceFile, TrainingEntry
from . import credentials, entries


def attach(
    of: TrainingEntry | Credential, *, by: User, key: uuid.UUID, name: str, content: bytes
) -> EvidenceFile:
    """Keep a file with an entry, or with a credential that its holder keeps. The same form sent twice keeps it once: AlreadyDone.

    Raises Invalid for what is no PDF, PNG or JPEG by its content, is too large or one too many; NotFound, Denied.
    """
    checked = files.check(content)  # before anything is locked: it takes a while
    return _attach(of, by, ids.made_by(by, key, "evidence"), files.safe_name(name, checked.type), checked)


@transaction.atomic
def _attach(
    of: TrainingEntry | Credential, by: User, pk: uuid.UUID, name: str, checked: files.Checked
) -> EvidenceFile:
    now = entries.locked(of, by) if isinstance(of, TrainingEntry) else credentials.locked_own(of, by)
    if EvidenceFile.objects.filter(pk=pk).exists():
        raise AlreadyDone(_("This file is kept already."))
    if now.evidence.count() >= policy.MOST_FILES:
        raise Invalid(
            _("There is room for %(max)s files. Remove one to add another.") % {"max": policy.MOST_FILES},
            field="file",
        )
    file = EvidenceFile(
        id=pk,
        entry=now if isinstance(now, TrainingEntry) else None,
        credential=now if isinstance(now, Credential) else None,
        name=name,
        type=checked.type,
        size=len(checked.content),
        content=checked.content,
    )
    file.save(force_insert=True)
    audit.record(by, "evidence added", about=now, facts={"type": checked.type})
    return file


@transaction.atomic
def detach(file: EvidenceFile, *, by: User) -> None:
    """Remove a file for good. Removing it twice is no error. Raises NotFound, Denied."""
    now: TrainingEntry | Credential
    if file.entry is not None:
        now = entries.locked(file.entry, by)
    elif file.credential is not None:
        now = credentials.locked_own(file.credential, by)
    gone, _rows = EvidenceFile.objects.filter(pk=file.pk).delete()
    if gone:
        audit.record(by, "evidence removed", about=now)
