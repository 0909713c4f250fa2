"""What the pages of templates show: the list, the parts of an edition, what an edition changes, and how an agreement would read."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext

from supervision.pages import differences, words
from supervision.people.limits import LIMITS
from supervision.people.models import Arrangement, Program

from . import standard, template_rules, wording
from .models import Agreement, AgreementTemplate, TemplateEdition
from .operations.common import months_later
from .template_rules import Body, PartData

NOTHING: Body = {"parts": [], "limits": {}}


# The list ----------------------------------------------------------------------------------------------------------


def listed() -> QuerySet[AgreementTemplate]:
    """Every template without its words: `newest` (number) and `published_at` of its newest edition, `is_prepared`, `used`.

    Those in use first. One query.
    """
    editions = TemplateEdition.objects.filter(template=OuterRef("pk")).order_by("-number")
    started = (
        Agreement.objects.filter(edition__template=OuterRef("pk"))
        .order_by()
        .values("edition__template")
        .annotate(n=Count("arrangement", distinct=True))
    )
    return (
        AgreementTemplate.objects.defer("body")
        .annotate(
            newest=Subquery(editions.values("number")[:1]),
            published_at=Subquery(editions.values("published_at")[:1]),
            is_prepared=Q(body__isnull=False),
            used=Coalesce(Subquery(started.values("n")[:1]), 0),
        )
        .order_by(F("retired_on").asc(nulls_first=True), "name", "id")
    )


def started_from(template: AgreementTemplate | None) -> int:
    """How many arrangements have an agreement from any of its editions; None: from the template shipped with the software."""
    if template is None:
        found = Agreement.objects.filter(edition=None)
    else:
        found = Agreement.objects.filter(edition__template=template)
    return found.values("arrangement").distinct().count()


# One template ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PartRow:
    """One part as a template's page shows it. `up` and `down` are the positions it can be moved to, None where it can't."""

    number: int
    part: PartData
    is_own: bool
    up: int | None
    down: int | None

    @property
    def key(self) -> str:
        return str(self.part["key"])

    @property
    def asks_for_words(self) -> bool:
        """Whether the agency wants words here; of most of the twelve parts that goes without saying."""
        return self.part["required"] and not template_rules.needs_words(self.key)

    @property
    def paragraphs(self) -> list[wording.Block]:
        return wording.own(self.part["text"])


def part_rows(body: Body) -> list[PartRow]:
    """The parts in order, with where each can be moved: all but the first and the last, which stay."""
    last = len(body["parts"]) - 1
    return [
        PartRow(
            number=index + 1,
            part=part,
            is_own=not template_rules.is_standard(part["key"]),
            up=index - 1 if 1 < index < last else None,
            down=index + 1 if 0 < index < last - 1 else None,
        )
        for index, part in enumerate(body["parts"])
    ]


def part_of(body: Body, key: str) -> PartData | None:
    return next((part for part in body["parts"] if part["key"] == key), None)


def limit_rows(body: Body) -> list[tuple[str, str]]:
    """Each of the five limits with what the agency adds to it."""
    return [(str(text), body["limits"].get(key, "")) for key, text in LIMITS]


def file_name(name: str, edition: int | None) -> str:
    """warm-line-edition-3.toml, or warm-line-being-prepared.toml"""
    kind = f"edition-{edition}" if edition else "being-prepared"
    return f"{slugify(name) or 'template'}-{kind}.toml"


# What changes ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """What is different in one part or limit: its title, sentences that say it, and the wordings side by side."""

    title: str
    said: list[str]
    difference: differences.Difference | None = None


def changes(before: Body, after: Body) -> list[Change]:
    """What an edition changes against the one before, part by part, in the order of the new one."""
    old = {part["key"]: part for part in before["parts"]}
    new = {part["key"]: part for part in after["parts"]}
    found = [_change_of(old.get(key), part) for key, part in new.items()]
    found += [Change(part["title"], [gettext("Left out.")]) for key, part in old.items() if key not in new]
    if [key for key in old if key in new] != [key for key in new if key in old]:
        found.append(Change(gettext("The order"), [gettext("The parts stand in another order.")]))
    return [change for change in [*found, *_changed_limits(before, after)] if change.said]


def _change_of(old: PartData | None, new: PartData) -> Change:
    if old is None:
        return Change(new["title"], [gettext("A new part.")], _difference("", new["text"]))
    said = []
    if old["title"] != new["title"]:
        said.append(gettext("It was called “%(title)s”.") % {"title": old["title"]})
    if old["text"] != new["text"]:
        said.append(gettext("Other wording."))
    if old["required"] != new["required"]:
        said.append(
            gettext("It needs words now.") if new["required"] else gettext("It may stay without words now.")
        )
    if (old["guidance"], old["sources"]) != (new["guidance"], new["sources"]):
        said.append(gettext("Other guidance."))
    return Change(new["title"], said, _difference(old["text"], new["text"]))


def _difference(before: str, after: str) -> differences.Difference | None:
    return differences.words(before, after) if before != after else None


def _changed_limits(before: Body, after: Body) -> list[Change]:
    found = []
    for key, text in LIMITS:
        old, new = before["limits"].get(key, ""), after["limits"].get(key, "")
        said = [gettext("Other words added to this limit.")] if old != new else []
        found.append(Change(str(text), said, _difference(old, new)))
    return found


# How an agreement would read ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A part as an example shows it."""

    title: str
    paragraphs: list[wording.Block]


def preview(body: Body) -> list[Shown]:
    """How an agreement from this edition would read, with people who do not exist. Nothing is stored."""
    agreement, people = _example(body), _people()
    return [
        Shown(part["title"], wording.blocks(part["key"], _named(part["text"], people), agreement, people))
        for part in body["parts"]
    ]


def set_sentences(key: str, body: Body) -> tuple[list[wording.Block], list[wording.Block]]:
    """What the software says in a part, before and after the wording, with people who do not exist."""
    return wording.set_sentences(key, _example(body), _people())


def _people() -> list[wording.Who]:
    return [
        wording.Who("1", gettext("Robin Hale"), gettext("Robin"), gettext("Peer worker"), False),
        wording.Who("2", gettext("Sam Ortiz"), gettext("Sam"), gettext("Supervisor"), True),
    ]


def _named(text: str, people: Sequence[wording.Who]) -> str:
    return standard.filled(
        text, workers=wording.workers(people), supervisors=wording.supervisors(people), line_manager=""
    )


def _example(body: Body) -> Agreement:
    """An agreement that is never saved, as it would be on the day it is started."""
    today: datetime.date = timezone.localdate()
    arrangement = Arrangement(
        program=Program(name=gettext("Your program")),
        structure=Arrangement.Structure.INDIVIDUAL,
        focus=Arrangement.Focus.BOTH,
    )
    edition = TemplateEdition(name="", number=1, body=body)
    return Agreement(
        arrangement=arrangement, edition=edition, starts_on=today, review_on=months_later(today, 6)
    )


def example_names() -> str:
    """The people of the preview, for the sentence that says that they do not exist."""
    return words.join_names(who.name for who in _people())
