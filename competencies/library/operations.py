"""How frameworks come in: those that are shipped, from their files, as the server is prepared."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from django.db import transaction

from supervision.records import audit

from . import framework_file
from .models import Framework, FrameworkVersion
from .shape import Content, as_data

FOLDER = Path(__file__).parents[1] / "frameworks"


def shipped(folder: Path = FOLDER) -> list[Content]:
    """The frameworks that come with the software, by file name. Raises FrameworkFaults when one of them is not sound."""
    return [framework_file.read(path.read_bytes(), name=path.name) for path in sorted(folder.glob("*.toml"))]


@transaction.atomic
def bring_in(contents: Iterable[Content]) -> list[FrameworkVersion]:
    """Publish each that is new or reads differently than its newest version; the versions made. Safe to repeat.

    A file with a lower version than the newest is left alone: an older copy of the software was started by mistake.
    """
    made = []
    for content in contents:
        framework, _is_new = Framework.objects.get_or_create(key=content.key)
        framework = Framework.objects.select_for_update(no_key=True).get(pk=framework.pk)
        if (version := _next_version(framework, content)) is not None:
            version.save()
            facts = {"number": version.number}
            audit.record(None, "framework version published", about=framework, covers=version, facts=facts)
            made.append(version)
    return made


def _next_version(framework: Framework, content: Content) -> FrameworkVersion | None:
    newest = FrameworkVersion.objects.filter(framework=framework).order_by("-number").first()
    made = digest(content)
    if newest is not None and (made == newest.digest or content.version < newest.number):
        return None
    number = max(content.version, newest.number + 1 if newest else 1)
    return FrameworkVersion(
        framework=framework,
        number=number,
        title=content.title,
        about=content.about,
        content=as_data(content),
        digest=made,
    )


def digest(content: Content) -> str:
    """A mark of everything that it says."""
    written = json.dumps(as_data(content), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()
