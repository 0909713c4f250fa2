"""Where each word of a world stands: the rows that hold it, and what those hang on. The access log has to speak of one of these."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models

from supervision.records.encryption import EncryptedField

from .kinds import World
from .test_models import OURS

# Hung on by everything, and no record of anybody's: to have opened one of these accounts for nothing.
NOT_RECORDS = {
    *("people.user", "people.program", "people.arrangement", "people.agency", "people.place"),
    *("competencies.framework", "competencies.frameworkversion"),
    *("requirements.requirementset", "requirements.inforce"),
    *("agreements.agreementtemplate", "agreements.templateedition"),
}
# For one person alone; what it came from is a row of its own.
NO_PLACE = ("records.draft", "notices.suggestion")


def places_of(world: World) -> dict[str, set[uuid.UUID]]:
    """Of each word the ids of the records in which it stands, or beside which. Looked up once for a world."""
    if not world.places:
        world.places = _look(world)
    return world.places


def _look(world: World) -> dict[str, set[uuid.UUID]]:
    found: dict[str, set[uuid.UUID]] = {word: set() for word in world.canaries}
    for model in apps.get_models():
        if model._meta.app_label not in OURS or model._meta.label_lower in NO_PLACE:
            continue
        fields = [one for one in model._meta.concrete_fields if _holds_words(one)]
        for row in model._base_manager.all() if fields else ():
            said = "\n".join(str(getattr(row, one.attname)) for one in fields)
            words = [word for word in world.canaries if word in said]
            records = _records(row) if words else set()
            for word in words:
                found[word] |= records
    return found


def _holds_words(field: Any) -> bool:
    return isinstance(field, EncryptedField | models.CharField | models.TextField | models.JSONField)


def _records(row: models.Model) -> set[uuid.UUID]:
    """This row, the record that it was offered as, and what it hangs on."""
    found: set[uuid.UUID] = set()
    waiting = [row]
    while waiting:
        one = waiting.pop()
        if one.pk in found:
            continue
        found |= {pk for pk in (one.pk, getattr(one, "record_id", None)) if isinstance(pk, uuid.UUID)}
        waiting += _hangs_on(one)
    return found


def _hangs_on(row: models.Model) -> Iterator[models.Model]:
    for field in row._meta.concrete_fields:
        other = field.related_model
        if other is not None and other._meta.label_lower not in NOT_RECORDS:
            parent = getattr(row, field.name)
            if parent is not None:
                yield parent
