"""What the pages of an agreement show: where it stands in a sentence, its parts, its signatures, its other versions."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, prefetch_related_objects
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from supervision.pages import words
from supervision.people.models import Arrangement, Participation, User
from supervision.records import documents, snapshot
from supervision.records.models import Answer, Offer, OfferParty, Opening

from . import completeness, content, standard, wording
from .models import Agreement, Clause

EARLIER_SHOWN = 50
OPENINGS_SHOWN = 20


@dataclass(frozen=True)
class Part:
    """One numbered part of the sheet. Links and guidance only where the reader may write."""

    clause: dict[str, Any]
    edit_url: str = ""
    terms_url: str = ""
    guidance: Sequence[str] = ()
    changed: str = ""
    gaps: Sequence[str] = ()


def of_offer(offer: Offer) -> tuple[dict[str, Any], list[Part]]:
    """The signed or offered content and its parts."""
    made = snapshot.read(offer.content)
    return made, [Part(clause) for clause in made["clauses"]]


def of_draft(
    rows: content.Rows, gaps: Iterable[completeness.Gap], *, viewer: User, writes: bool
) -> tuple[dict[str, Any], list[Part]]:
    """The content as it would be offered now, and its parts with what the reader may do."""
    made = content.build(rows)
    if not writes:
        return made, [Part(clause) for clause in made["clauses"]]
    found = list(gaps)
    pairs = zip(made["clauses"], rows.clauses, strict=True)
    return made, [_writable(shown, clause, found, viewer) for shown, clause in pairs]


def _writable(shown: dict[str, Any], clause: Clause, gaps: list[completeness.Gap], viewer: User) -> Part:
    part = standard.default().part(clause.key)
    terms = (
        reverse("agreements:terms", args=[clause.agreement_id]) if clause.key in wording.WITH_TERMS else ""
    )
    return Part(
        clause=shown,
        edit_url=reverse("agreements:clause", args=[clause.agreement_id, clause.pk]),
        terms_url=terms,
        guidance=part.guidance if part else (),
        changed=_changed(clause, viewer),
        gaps=[gap.here for gap in gaps if gap.key == clause.key],
    )


def _changed(clause: Clause, viewer: User) -> str:
    if clause.changed_by is None or clause.changed_at is None:
        return ""
    who = _("You") if clause.changed_by_id == viewer.pk else clause.changed_by.called
    return _("%(who)s changed this on %(day)s") % {"who": who, "day": words.day(clause.changed_at)}


# Signatures -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Signature:
    """One signature block, in one of the states of components/signature.html."""

    person_id: str
    name: str
    part: str
    state: str
    typed_name: str = ""
    signed_at: datetime.datetime | None = None
    statement: str = ""
    intent: str = ""


def signatures(offer: Offer) -> list[Signature]:
    """The blocks of an offer that is open or sealed."""
    prefetch_related_objects([offer], "parties")
    ids = [str(party.person_id) for party in offer.parties.all()]
    return [
        Signature(
            person_id=person,
            name=signer.name,
            part=signer.part,
            state="signed" if signer.kind == "signed" else "waiting",
            typed_name=signer.typed_name,
            signed_at=signer.answered_at,
            statement=signer.statement,
            intent=signer.intent,
        )
        for person, signer in zip(ids, documents.signers(offer), strict=True)
    ]


def signatures_to_come(made: dict[str, Any], offers: Sequence[Offer]) -> list[Signature]:
    """The blocks of a draft: not yet open, or cleared by a change."""
    void = _void(offers)
    return [
        Signature(party["id"], party["name"], party["part"], "cleared" if party["id"] in void else "open")
        for party in made["parties"]
    ]


def _void(offers: Sequence[Offer]) -> set[str]:
    """Whose signatures under the newest offer count no more."""
    if not offers or not hasattr(offers[0], "closed"):
        return set()
    return {str(answer.person_id) for answer in offers[0].answers.all() if answer.kind == Answer.Kind.SIGNED}


def is_void_for(offers: Sequence[Offer], person: User) -> bool:
    """Whether this person had signed what is a draft again."""
    return str(person.pk) in _void(offers)


def said(name: str, value: Any) -> str:
    """One term as it is said, for a page that shows two choices side by side."""
    if isinstance(value, datetime.date):
        return words.full_day(value)
    if name == "every_days":
        return wording.rhythm(value)
    return "" if value is None else str(value)


# Where it stands ----------------------------------------------------------------------------------------------


def other_names(made: dict[str, Any], viewer: User) -> str:
    """The names of the parties other than the reader, joined; of all of them for somebody who is not a party."""
    return words.join_names(entry["name"] for entry in made["parties"] if entry["id"] != str(viewer.pk))


@dataclass(frozen=True)
class Standing:
    """Where a signed version stands today: a tag and a sentence."""

    tag: str
    kind: str
    sentence: str
    in_force: bool = False


def standing_of(
    agreement: Agreement, versions: Iterable[Agreement], arrangement: Arrangement, day: datetime.date
) -> Standing:
    """In force, still to begin, ended or replaced; with a flag when it is time to look at it again."""
    begins = agreement.in_force_from or agreement.starts_on
    ending = getattr(agreement, "ending", None)
    newer = [
        one
        for one in versions
        if one.number > agreement.number and one.in_force_from and one.in_force_from <= day
    ]
    if newer:
        text = _("Version %(number)d has taken its place. This one stays readable.")
        return Standing(_("Replaced"), "", text % {"number": max(one.number for one in newer)})
    if ending is not None and ending.ends_on <= day:
        return Standing(
            _("Ended"), "", _("It no longer holds since %(day)s.") % {"day": words.day(ending.ends_on)}
        )
    if arrangement.ended_on is not None and arrangement.ended_on < day:
        text = _("This supervision ended on %(day)s. The agreement stays readable.")
        return Standing(_("Ended"), "", text % {"day": words.day(arrangement.ended_on)})
    if begins > day:
        said = _("Signed by everybody. It holds from %(day)s.") % {"day": words.day(begins)}
        return Standing(_("Signed by everybody"), "done", said)
    return _in_force(agreement, begins, ending, day)


def _in_force(agreement: Agreement, begins: datetime.date, ending: Any, day: datetime.date) -> Standing:
    since = _("In force since %(day)s.") % {"day": words.day(begins)}
    if ending is not None:
        until = _("It ends on %(day)s.") % {"day": words.day(ending.ends_on)}
        return Standing(_("Ends soon"), "info", f"{since} {until}", in_force=True)
    if agreement.review_on is None:
        return Standing(_("In force"), "done", since, in_force=True)
    look = {"day": words.day(agreement.review_on)}
    if agreement.is_past_review(day):
        again = _("The day to look at it again was %(day)s. It holds until you sign another.") % look
        return Standing(_("Look at it again"), "wait", f"{since} {again}", in_force=True)
    again = _("Look at it again by %(day)s.") % look
    if agreement.is_due_for_review(day):
        return Standing(_("Look at it again"), "info", f"{since} {again}", in_force=True)
    return Standing(_("In force"), "done", f"{since} {again}", in_force=True)


def draft_sentence(agreement: Agreement, gaps: Sequence[completeness.Gap]) -> str:
    """Where a draft stands, as it would be said."""
    version = _("Version %(number)d, being written.") % {"number": agreement.number}
    if not gaps:
        return _("%(version)s Everything is in place to sign it.") % {"version": version}
    todo = ngettext(
        "%(version)s One thing is still to do before you can sign.",
        "%(version)s %(n)d things are still to do before you can sign.",
        len(gaps),
    )
    return todo % {"version": version, "n": len(gaps)}


# Who opened it --------------------------------------------------------------------------------------------------


def openings_by_others(agreement: Agreement, made: dict[str, Any]) -> list[tuple[str, str]]:
    """Who else opened or downloaded it, and when, newest first. The parties' own openings are nobody's to see (decision 12)."""
    parties = [entry["id"] for entry in made["parties"]]
    found = Opening.objects.filter(record_label=agreement.record_label, record_id=agreement.pk).exclude(
        by__in=parties
    )
    return [
        (
            opening.by.name,
            _(OPENED[opening.action]) % {"day": words.day(opening.at), "time": words.clock(opening.at)},
        )
        for opening in found.select_related("by").order_by("-at")[:OPENINGS_SHOWN]
        if opening.action in OPENED
    ]


OPENED = {
    "opened": gettext_noop("Opened it on %(day)s, %(time)s"),
    "downloaded": gettext_noop("Downloaded it on %(day)s, %(time)s"),
    "exported": gettext_noop("Exported it on %(day)s, %(time)s"),
}


# The list -------------------------------------------------------------------------------------------------------


@dataclass
class Row:
    """One arrangement in the list of agreements."""

    arrangement: Arrangement
    names: str
    structure: str
    current: bool
    may_start: bool = False
    tag: str = ""
    kind: str = ""
    sentence: str = ""
    url: str = ""
    label: str = ""
    also: str = ""

    @property
    def order(self) -> int:
        """What needs the reader comes first, then what is being written, then the rest."""
        return 0 if self.kind == "wait" else 1 if self.may_start or self.kind != "done" else 2


def rows_for(viewer: User) -> list[Row]:
    """Every arrangement the reader takes or took part in, with where its agreement stands. Four queries."""
    day = timezone.localdate()
    mine = Arrangement.objects.of(viewer).select_related("program").prefetch_related("participations__person")
    arrangements = list(mine.order_by("-started_on", "id"))
    versions: dict[Any, list[Agreement]] = {}
    visible = Agreement.objects.visible_to(viewer).filter(arrangement__in=[one.pk for one in arrangements])
    for version in visible.select_related("ending").order_by("-number"):
        versions.setdefault(version.arrangement_id, []).append(version)
    waiting = _waiting([one for group in versions.values() for one in group if one.is_offered])
    found = [_row(one, versions.get(one.pk, []), waiting, viewer, day) for one in arrangements]
    kept = sorted((row for row in found if row.current), key=lambda row: row.order)
    return kept + [row for row in found if not row.current and row.url][:EARLIER_SHOWN]


def _waiting(offered: list[Agreement]) -> dict[Any, dict[Any, str]]:
    """Who has still to sign each open offer: by offer, then by person, their names."""
    if not offered:
        return {}
    answered = Answer.objects.filter(offer=OuterRef("offer"), person=OuterRef("person"))
    open_ones = OfferParty.objects.filter(offer__in=[one.open_offer_id for one in offered]).filter(
        ~Exists(answered)
    )
    found: dict[Any, dict[Any, str]] = {}
    for offer, person, name in open_ones.values_list("offer_id", "person_id", "person__name"):
        found.setdefault(offer, {})[person] = name
    return found


def _row(
    arrangement: Arrangement,
    versions: list[Agreement],
    waiting: dict[Any, dict[Any, str]],
    viewer: User,
    day: datetime.date,
) -> Row:
    now = [p for p in arrangement.participations.all() if _is_current(p, day)]
    people = now if any(p.person_id == viewer.pk for p in now) else list(arrangement.participations.all())
    names = {p.person_id: p.person.name for p in people if p.person_id != viewer.pk}
    running = arrangement.ended_on is None or arrangement.ended_on >= day
    row = Row(
        arrangement=arrangement,
        names=words.join_names(names.values()),
        structure=str(arrangement.get_structure_display()),
        current=running and people is now,
    )
    _say_where_it_stands(row, versions, waiting, viewer, day)
    return row


def _is_current(participation: Participation, day: datetime.date) -> bool:
    return participation.joined_on <= day and (participation.left_on is None or participation.left_on >= day)


def _say_where_it_stands(
    row: Row, versions: list[Agreement], waiting: dict[Any, dict[Any, str]], viewer: User, day: datetime.date
) -> None:
    open_one = next((one for one in versions if not one.is_sealed), None)
    signed = [one for one in versions if one.is_sealed]
    if open_one is not None:
        _say_open(row, open_one, waiting.get(open_one.open_offer_id, {}), viewer)
        if signed and standing_of(signed[0], versions, row.arrangement, day).in_force:
            row.also = _("Until then version %(number)d holds.") % {"number": signed[0].number}
    elif signed:
        stands = standing_of(signed[0], versions, row.arrangement, day)
        row.tag, row.kind, row.sentence = stands.tag, stands.kind, stands.sentence
        row.url = reverse("agreements:detail", args=[signed[0].pk])
        row.label = _("Read your agreement with %(names)s") % {"names": row.names}
    elif row.arrangement.structure == Arrangement.Structure.CO_REFLECTION:
        row.sentence = _("Co-reflection is among equals and needs no agreement.")
    elif row.current:
        row.may_start, row.tag = True, _("None yet")
        row.sentence = _("No agreement yet. It is written together within the first two or three sessions.")


def _say_open(row: Row, agreement: Agreement, waiting: dict[Any, str], viewer: User) -> None:
    row.url = reverse("agreements:detail", args=[agreement.pk])
    if not agreement.is_offered:
        row.tag, row.label = _("Being written"), _("Go on writing with %(names)s") % {"names": row.names}
        row.sentence = _("Version %(number)d, started on %(day)s.") % {
            "number": agreement.number,
            "day": words.day(agreement.started_at),
        }
    elif viewer.pk in waiting:
        row.tag, row.kind = _("Your signature"), "wait"
        row.label = _("Read and sign your agreement with %(names)s") % {"names": row.names}
        row.url = reverse("agreements:sign", args=[agreement.pk])
        row.sentence = _("Version %(number)d is ready for you to read and sign.") % {
            "number": agreement.number
        }
    else:
        row.tag, row.label = (
            _("With others to sign"),
            _("Read your agreement with %(names)s") % {"names": row.names},
        )
        row.sentence = _("Waiting for %(names)s to sign.") % {"names": words.join_names(waiting.values())}
