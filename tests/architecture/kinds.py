"""What a world is made of: people, addresses to try, and who may read which word."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from supervision.pages.sight import Reader
from supervision.people.models import User
from supervision.records import audit
from supervision.records.documents import sha256
from supervision.records.models import Document, Seal

PARTIES = frozenset({"worker", "supervisor"})
WITH_MANAGER = PARTIES | {"manager"}


@dataclass
class World:
    """People by name, addresses to try by URL name and target, and who may read which word.

    `standing` says what somebody is to a target of an address (standings.py).
    """

    people: dict[str, User | None]
    standing: Callable[[str, str, str], frozenset[Reader]]
    targets: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    canaries: dict[str, frozenset[str]] = field(default_factory=dict)
    places: dict[str, set[uuid.UUID]] = field(default_factory=dict)  # see places.py

    def word(self, name: str, *readers: str) -> str:
        """A word that only these people may ever see on a page."""
        text = f"canary-{name}-7f3a"
        self.canaries[text] = frozenset(readers)
        return text

    def target(self, url_names: str, label: str, **kwargs: Any) -> None:
        for url_name in url_names.split():
            self.targets.setdefault(url_name, {})[label] = kwargs


def with_document(record: Any) -> None:
    """A stand-in for the PDF that the worker process makes."""
    seal = Seal.objects.get(record_id=record.pk)
    with transaction.atomic():
        made = Document(
            seal=seal,
            record_id=record.pk,
            pdf=b"%PDF",
            sha256=sha256(str(record.pk).encode()),
            size=4,
            certificate="f" * 64,
        )
        made.save()
        audit.record(None, "document", about=seal, covers=made)
