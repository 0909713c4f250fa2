"""The agency keeps an agreement template of its own: two editions published, a third begun."""

from __future__ import annotations

from typing import Any

from agreements.models import AgreementTemplate
from agreements.operations import templates

from . import library
from .timeline import Story
from .world import DAY, World

EDITIONS_AFTER = (0.06, 0.55, 0.93)  # when each is begun, as a share of the time that the demo goes back


def story(world: World) -> Story:
    """The administrator makes it early on, and adds to it as the agency learns."""
    words = library.words()["template"]
    by, start = world.people["ade"], world.clock.now()
    template: AgreementTemplate | None = None
    for share, parts in zip(EDITIONS_AFTER, words["editions"], strict=True):
        yield start + max(2, share * world.weeks * 7) * DAY
        if template is None:
            template = templates.start_template(name=words["name"], by=by, key=world.key("template", "own"))
        else:
            template = templates.prepare_next(template=template, version=template.version, by=by)
        for part in parts:
            template = _add(template, part, by=by)
        if parts is not words["editions"][-1]:
            templates.publish(template=template, version=template.version, by=by)
            template.refresh_from_db()


def _add(template: AgreementTemplate, part: dict[str, Any], *, by: Any) -> AgreementTemplate:
    return templates.add_part(
        template=template,
        title=part["title"],
        text=part["text"],
        required=False,
        guidance=part["guidance"],
        sources="",
        version=template.version,
        by=by,
    )
