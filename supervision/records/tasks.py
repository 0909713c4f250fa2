"""Jobs of the core. They carry ids only, and may run twice without doing anything twice."""

from __future__ import annotations

import logging
import uuid
from typing import TYPE_CHECKING

from django.db import transaction
from django.template.loader import render_to_string
from django_tasks import task

from . import audit, certificate, documents, renderer
from .encryption import unlocked_keys
from .models import Document, Seal

if TYPE_CHECKING:
    from .seal_pdf import SealedPdf

logger = logging.getLogger(__name__)


@task()
def make_document(seal_id: str) -> str:
    """Make and keep the sealed PDF of one sealed record, once. Returns the id of the document."""
    with unlocked_keys():
        seal = Seal.objects.select_related("offer").get(pk=uuid.UUID(seal_id))
        made = Document.objects.filter(seal=seal).first()
        return str((made or _make(seal)).pk)


def _make(seal: Seal) -> Document:
    from . import seal_pdf  # only the worker seals: the pages need not load what it takes

    page = documents.page_of(seal)
    pdf = renderer.render_in_child(
        render_to_string(seal.offer.template, page.context),
        title=page.title,
        created=seal.sealed_at,
        identifier=seal.mac,
        attachments=page.attachments,
    )
    sealed = seal_pdf.seal_pdf(
        pdf, reason=f"{seal.kind}, signed and sealed", name=page.agency, location=page.agency
    )
    return _keep(seal, sealed)


@transaction.atomic
def _keep(seal: Seal, pdf: SealedPdf) -> Document:
    """Store it, with how it was sealed, unless another worker did so first; the first one stays."""
    Seal.objects.select_for_update(no_key=True).get(pk=seal.pk)
    made = Document.objects.filter(seal=seal).first()
    if made is not None:
        return made
    data = bytes(pdf)
    made = Document(
        seal=seal,
        record_id=seal.record_id,
        pdf=data,
        sha256=documents.sha256(data),
        size=len(data),
        certificate=certificate.certificate_id(),
    )
    made.save()
    facts = {"seal": pdf.level}
    if pdf.note:  # an outside time stamp was asked for and could not be had
        facts["note"] = pdf.note
        logger.warning("The PDF of seal %s: %s", seal.pk, pdf.note)
    audit.record(None, "document", about=seal, covers=made, facts=facts)
    return made
