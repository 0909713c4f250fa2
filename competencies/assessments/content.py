"""What is signed of a formal assessment, as plain data. Pages and PDF are made from this and nothing else (decision 1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from supervision.pages import charts, words
from supervision.people.models import Agency, Arrangement, User
from supervision.records.papers import reference
from supervision.records.signing import Party

from ..library.shape import Content, Domain, Point, Statement
from ..rating import marks as marking
from ..rating.marks import Mark, Marks
from . import figures, over_time
from .comparison import Comparison, compare
from .models import Assessment, AssessmentPart

SCHEMA = 2  # 1 was without how it went over time
TEMPLATE = "competencies/pdf/assessment.html"

# What a signature says, word for word; it stands on the page and is kept with the signature.
LEAD_INTENT = gettext_lazy(
    "We have talked about this. It says what we settled on. Typing my name here is my signature."
)
PERSON_INTENT = gettext_lazy(
    "I have read this and we have talked about it. Signing does not mean that I agree with every word. Typing my name here is "
    "my signature."
)


def side_of(row: Assessment, author: User | Any) -> str:
    """As who this person fills it in: see `described_by` of a framework."""
    return "self" if author.pk == row.person_id else "supervisor"


def asked_of(row: Assessment) -> Content:
    """The framework as far as the two of this assessment fill it in."""
    return marking.of_domains(row.framework.body, "self", *(() if row.is_alone else ("supervisor",)))


def person_part(row: Assessment) -> str:
    """How the one whose practice it is, is called in the record."""
    of_supervision = row.arrangement is not None and (
        row.arrangement.structure == Arrangement.Structure.OF_SUPERVISION
    )
    return _("Supervisor") if of_supervision else _("Peer worker")


def lead_part(row: Assessment) -> str:
    of_supervision = row.arrangement is not None and (
        row.arrangement.structure == Arrangement.Structure.OF_SUPERVISION
    )
    return _("Their own supervisor") if of_supervision else _("Supervisor")


def parties(row: Assessment) -> list[Party]:
    assert row.other is not None  # noqa: S101  # only of assessments of two
    return [Party(row.other, lead_part(row)), Party(row.person, person_part(row))]


def of_assessment(row: Assessment, parts: Sequence[AssessmentPart]) -> dict[str, Any]:
    """The content of the record, from its rows as they are now. Whole numbers, texts and lists only."""
    body = asked_of(row)
    own, other = over_time.views_of(row, parts)
    settled = marking.of_data(row.settled)
    title = _("Assessment of practice")
    return {
        "schema": SCHEMA,
        "title": title,
        "kind": title,
        "agency": Agency.objects.values_list("name", flat=True).first() or "",
        "reference": reference(row.pk),
        "zone": str(timezone.get_current_timezone()),
        "lead": _lead(row),
        "facts": _facts(row),
        "framework": {
            "id": str(row.framework_id),
            "title": row.framework.title,
            "version": row.framework.number,
        },
        "names": {"own": row.person.name, "other": row.other.name if row.other else ""},
        "scale": [{"label": point.label, "means": point.means} for point in body.scale],
        "strengths": row.strengths,
        "to_grow": row.to_grow,
        "domains": _domains(body, own or {}, other or {}, settled),
        "links": _links(row, parts),
        "over_time": over_time.as_data(_over_time(row, body)),
        "parties": [
            {"id": str(party.person.pk), "name": party.person.name, "part": party.part}
            for party in parties(row)
        ],
    }


def _over_time(row: Assessment, body: Content) -> list[figures.Moment]:
    """This one after those of the program that both have signed before: what was informal stays between the two."""
    here = [*over_time.signed_before(row), row]
    return over_time.moments(here, body, lambda day: day.isoformat())


def _lead(row: Assessment) -> str:
    names = {"person": row.person.name, "other": row.other.name if row.other else ""}
    if row.parts.filter(given_at__isnull=False).count() < 2:
        return (
            _(
                "One view of the practice of %(person)s, and what %(person)s and %(other)s settled on when they talked."
            )
            % names
        )
    return (
        _(
            "How %(person)s and %(other)s see the practice of %(person)s, and what they settled on when they talked."
        )
        % names
    )


def _facts(row: Assessment) -> list[list[str]]:
    rows = [
        (
            _("Period"),
            _("%(first)s to %(last)s")
            % {"first": words.full_day(row.from_day), "last": words.full_day(row.until_day)},
        ),
        (
            _("Framework"),
            _("%(title)s, version %(n)s") % {"title": row.framework.title, "n": row.framework.number},
        ),
        (_("Program"), row.arrangement.program.name if row.arrangement else ""),
        (_("Views shown on"), words.full_day(row.shown_at) if row.shown_at else ""),
        (_("Talked about on"), words.full_day(row.talked_on) if row.talked_on else ""),
        (_("Also read by"), _("Managers of the program, once both have signed")),
    ]
    return [[str(label), str(value)] for label, value in rows if value]


def _domains(body: Content, own: Marks, other: Marks, settled: Marks) -> list[dict[str, Any]]:
    found, number = [], 0
    for domain in body.domains:
        statements = []
        for one in domain.statements:
            number += 1
            statements.append(
                {
                    "id": one.id,
                    "number": number,
                    "text": one.title or one.text,
                    "source": one.source,
                    "own": _mark(own.get(one.id)),
                    "other": _mark(other.get(one.id)),
                    "settled": _mark(settled.get(one.id)),
                }
            )
        found.append({"id": domain.id, "kind": domain.kind, "title": domain.title, "statements": statements})
    return found


def _mark(mark: Mark | None) -> dict[str, Any]:
    """A point, 0 for "can't say yet", or None where nothing was marked; and what was written."""
    if mark is None:
        return {"point": None, "words": ""}
    return {"point": mark.point or 0, "words": mark.words}


def mark_of(data: Mapping[str, Any]) -> Mark | None:
    """What `_mark` kept, read back."""
    point = data["point"]
    return None if point is None else Mark(point or None, data["words"])


def _links(row: Assessment, parts: Sequence[AssessmentPart]) -> list[dict[str, str]]:
    """What either named as showing it: each once, by its facts."""
    titles = {domain.id: domain.title for domain in row.framework.body.domains}
    found: dict[tuple[str, str, str], dict[str, str]] = {}
    for part in parts:
        for domain, links in (part.links or {}).items() if part.is_given else ():
            for link in links:
                named = {"domain": titles.get(domain, ""), "words": link["label"]}
                found.setdefault((domain, link["kind"], link["id"]), named)
    return list(found.values())


# Read back from what was signed -------------------------------------------------------------------------------


def _body(content: Mapping[str, Any]) -> Content:
    """The framework as far as the record holds it."""
    scale = tuple(Point(point["label"], point["means"]) for point in content["scale"])
    domains = tuple(
        Domain(
            id=domain["id"],
            kind=domain["kind"],
            title=domain["title"],
            purpose="",
            source="",
            described_by=(),
            statements=tuple(
                Statement(one["id"], "", one["text"], "", one["source"]) for one in domain["statements"]
            ),
        )
        for domain in content["domains"]
    )
    return Content("", 1, content["framework"]["title"], "", (), (), "", {}, scale, domains)


def _views(content: Mapping[str, Any], *names: str) -> list[dict[str, Mark]]:
    rows = [one for domain in content["domains"] for one in domain["statements"]]
    return [{one["id"]: mark for one in rows if (mark := mark_of(one[name])) is not None} for name in names]


def _compared(content: Mapping[str, Any]) -> Comparison:
    own, other = _views(content, "own", "other")
    return compare(_body(content), own, other)


def figure(content: Mapping[str, Any]) -> charts.Figure:
    """The two views by domain, drawn from what was signed."""
    names = content["names"]
    return figures.two_views(_compared(content), _body(content), names["own"], names["other"])


def sentence(content: Mapping[str, Any]) -> str:
    names = content["names"]
    return figures.sentence(_compared(content), _body(content), names["own"], names["other"])


def trend(content: Mapping[str, Any]) -> figures.Trend | None:
    """How it went over the assessments that both have signed. None for the first, and for one of schema 1 that has no such part."""
    names, found = content["names"], over_time.of_data(content.get("over_time", []), words.dated)
    return figures.trend(found, _body(content), names["own"], names["other"])


def said_domains(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every domain with its statements as pages and the PDF say them, and the middle of what was settled."""
    scale = content["scale"]
    settled = _views(content, "settled")[0]
    found = []
    for domain, read in zip(content["domains"], _body(content).domains, strict=True):
        rows = [
            {
                "number": one["number"],
                "text": one["text"],
                **{name: _said(one[name]["point"], scale) for name in ("own", "other", "settled")},
                "own_words": one["own"]["words"],
                "other_words": one["other"]["words"],
            }
            for one in domain["statements"]
        ]
        middle = figures.number(marking.mean(settled, read.statements))
        found.append({"title": domain["title"], "rows": rows, "settled": middle})
    return found


def _said(point: int | None, scale: Sequence[Mapping[str, str]]) -> str:
    if point is None:
        return _("Not given")
    if point == 0:
        return _("Can’t say yet")
    return f"{point}. {scale[point - 1]['label']}"
