"""What the pages of an agreement show: where it stands in a sentence, its parts, its signatures, its other versions."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from supervision.pages import differences, words
from supervision.pages.prepared import prepared
from supervision.people.models import Participation, User
from supervision.records import documents, snapshot
from supervision.records.models import Answer, Offer, OfferParty, Opening

from . import completeness, content, conversation, history, membership, standard, wording
from .conversation import Circle, State
from .models import Accession, Agreement, Clause, Turn

OPENINGS_SHOWN = 20


@dataclass(frozen=True)
class Shown:
    """A suggestion that waits, beside the wording of now."""

    id: uuid.UUID
    by: str
    mine: bool
    at: datetime.datetime
    difference: differences.Difference
    reason: str

    @property
    def when(self) -> str:
        return _("%(day)s, %(time)s") % {"day": words.short_day(self.at), "time": words.clock(self.at)}


@dataclass(frozen=True)
class Part:
    """One numbered part of the sheet. What can be done with it only where the reader may write."""

    clause: dict[str, Any]
    id: uuid.UUID | None = None
    edit_url: str = ""
    answer_url: str = ""
    guidance: Sequence[str] = ()
    changed: str = ""
    gaps: Sequence[str] = ()
    tag: str = ""
    kind: str = ""  # of the tag; "agreed" is said quietly
    said: str = ""  # who has agreed, who keeps it for the next session
    suggestion: Shown | None = None
    turn_count: int = 0
    version: int = 0
    may_agree: bool = False
    may_park: bool = False


def of_offer(offer: Offer) -> tuple[dict[str, Any], list[Part]]:
    """The signed or offered content and its parts."""
    made = snapshot.read(offer.content)
    return made, [Part(clause) for clause in made["clauses"]]


def of_draft(
    rows: content.Rows,
    gaps: Iterable[completeness.Gap],
    states: Mapping[uuid.UUID, State],
    *,
    viewer: User,
    writes: bool,
) -> tuple[dict[str, Any], list[Part]]:
    """The content as it would be offered now, and its parts with where they stand and what the reader may do."""
    made = content.build(rows)
    found = list(gaps)
    circle = Circle.of(rows.agreement, rows.parties)
    pairs = zip(made["clauses"], rows.clauses, strict=True)
    return made, [
        _part(shown, clause, states[clause.pk], rows, circle, found, viewer=viewer, writes=writes)
        for shown, clause in pairs
    ]


def _part(
    shown: dict[str, Any],
    clause: Clause,
    state: State,
    rows: content.Rows,
    circle: Circle,
    gaps: Sequence[completeness.Gap],
    *,
    viewer: User,
    writes: bool,
) -> Part:
    of_template = standard.of(rows.agreement).part(clause.key)
    here = [gap.here for gap in gaps if gap.key == clause.key and gap.here]
    tag, kind = _tag(clause, state, circle, here)
    ids = [clause.agreement_id, clause.pk]
    asks = conversation.needs_agreement(clause) or state.suggestion is not None
    waits = state.suggestion is None and viewer.pk not in state.agreed and asks
    return Part(
        clause=shown,
        id=clause.pk,
        edit_url=reverse("agreements:clause", args=ids) if writes else "",
        answer_url=reverse("agreements:answer", args=ids) if writes else "",
        guidance=of_template.guidance if of_template and writes else (),
        changed=_changed(clause, viewer),
        gaps=here,
        tag=tag,
        kind=kind,
        said=_who_agrees(state, circle, rows, viewer) if asks else "",
        suggestion=suggestion_of(clause, rows, viewer),
        turn_count=clause.turn_count,
        version=clause.version,
        may_agree=writes and waits and not here,
        may_park=writes
        and asks
        and not (state.parked and state.parked.by_id == viewer.pk)
        and not (state.suggestion and state.suggestion.by_id == viewer.pk),
    )


def _tag(clause: Clause, state: State, circle: Circle, gaps: Sequence[str]) -> tuple[str, str]:
    """Where a part stands, in a word or two."""
    if state.suggestion is not None:
        text = _("Kept for the next session") if state.parked else _("Change suggested")
        return text, "wait"
    if not conversation.needs_agreement(clause):
        return "", ""
    if gaps:
        return _("To do"), "wait"
    if circle.settles(state):
        both = len(circle.leaders | circle.others) == 2
        return (
            _("Agreed by both") if both else _("Agreed by all") if not circle.is_group else _("Agreed")
        ), "agreed"
    if state.parked is not None:
        return _("Kept for the next session"), "info"
    return _("Still to talk about"), ""


def _who_agrees(state: State, circle: Circle, rows: content.Rows, viewer: User) -> str:
    """Who has agreed to it while somebody has not; empty when nobody has, or all have."""
    if circle.settles(state) and not circle.is_group:
        return ""
    names = [
        _("you") if party.person_id == viewer.pk else party.person.called
        for party in rows.parties
        if party.person_id in state.agreed
    ]
    return _("Agreed so far: %(names)s") % {"names": words.join_names(names)} if names else ""


def suggestion_of(clause: Clause, rows: content.Rows, viewer: User) -> Shown | None:
    """The suggestion that waits for a part, as a word-level difference from the wording of now."""
    turn = clause.suggestion
    if turn is None:
        return None
    return Shown(
        id=turn.pk,
        by=turn.by.called,
        mine=turn.by_id == viewer.pk,
        at=turn.at,
        difference=difference_of(clause, rows, turn.after),
        reason=turn.reason,
    )


def difference_of(clause: Clause, rows: content.Rows, after: wording.Words) -> differences.Difference:
    """What a part says now beside what it would say with other words and terms."""
    who = content.people(rows)
    now = wording.words_of(clause.key, clause.text, rows.agreement)
    sides = (
        differences.lines_of(wording.blocks_of(clause.key, said, rows.agreement, who))
        for said in (now, after)
    )
    return differences.words(*sides).focused


def thread_of(clause: Clause, viewer: User) -> list[tuple[str, str, str]]:
    """What was said of a part so far: who did what, when, and why; oldest first. One query."""
    return [
        (
            history.SAID[Turn.Kind(turn.kind)]()
            % {"name": _("You") if turn.by_id == viewer.pk else turn.by.called},
            _("%(day)s, %(time)s") % {"day": words.short_day(turn.at), "time": words.clock(turn.at)},
            turn.reason,
        )
        for turn in clause.turns.select_related("by").order_by("number")
    ]


def _changed(clause: Clause, viewer: User) -> str:
    if clause.changed_by is None or clause.changed_at is None:
        return ""
    mine = clause.changed_by_id == viewer.pk
    said = _("Your wording, %(day)s") if mine else _("Wording of %(who)s, %(day)s")
    return said % {"who": clause.changed_by.called, "day": words.day(clause.changed_at)}


def next_session(agreement: Agreement) -> datetime.datetime | None:
    """When its people meet next, to say when a part that is kept will be talked about."""
    standing = getattr(agreement.arrangement, "standing", None)
    planned = standing.next_planned_at if standing is not None else None
    return planned if planned is not None and planned >= timezone.now() else None


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
    parties = _parties(offer)
    return [
        Signature(
            person_id=str(party.person_id),
            name=signer.name,
            part=signer.part,
            state=signer.kind if signer.kind in ("signed", "declined") else "waiting",
            typed_name=signer.typed_name,
            signed_at=signer.answered_at,
            statement=signer.statement,
            intent=signer.intent,
        )
        for party, signer in zip(parties, documents.signers(offer, parties), strict=True)
    ]


@prepared
def _parties(offer: Offer) -> QuerySet[OfferParty]:
    return OfferParty.objects.filter(offer=offer).order_by("position")


def joined_signatures(joined: Iterable[Accession]) -> list[Signature]:
    """The blocks of members who signed after it was sealed."""
    return [
        Signature(
            person_id=str(one.person_id),
            name=one.person.name,
            part=content.part_name(one.agreement.arrangement, one.part),
            state="signed",
            signed_at=one.sealed_at,
        )
        for one in joined
        if one.is_sealed
    ]


@dataclass(frozen=True)
class Group:
    """For whom a group's version holds: who has signed, and who takes part and has not."""

    signed: list[str]
    not_signed: list[str]
    may_join: bool

    @property
    def sentence(self) -> str:
        if not self.not_signed:
            return _("Everybody who takes part has signed.")
        said = ngettext(
            "%(n)d of %(all)d has signed. Not yet: %(names)s.",
            "%(n)d of %(all)d have signed. Not yet: %(names)s.",
            len(self.signed),
        )
        return said % {
            "n": len(self.signed),
            "all": len(self.signed) + len(self.not_signed),
            "names": words.join_names(self.not_signed),
        }


def group_of(
    agreement: Agreement, blocks: Iterable[Signature], later: membership.Later, viewer: User
) -> Group | None:
    """Who of a group has signed; None where it holds for all at once."""
    if not membership.holds_for_each(agreement):
        return None
    signed = {one.person_id for one in blocks if one.state == "signed"}
    here = [row for row in later.now if str(row.person_id) in signed]
    missing = [row for row in later.now if str(row.person_id) not in signed]
    members = {row.person_id for row in missing if row.part not in Participation.LEADING}
    return Group(
        signed=[row.person.name for row in here],
        not_signed=[row.person.name for row in missing],
        may_join=viewer.pk in members,
    )


def changed_people(agreement: Agreement, made: Mapping[str, Any], later: membership.Later) -> str:
    """That somebody takes part now and is not named, where that asks for a new version; empty otherwise (domain 3)."""
    named = {entry["id"] for entry in made["parties"]}
    new = [row for row in later.now if str(row.person_id) not in named]
    if membership.holds_for_each(agreement):
        new = [row for row in new if row.part in Participation.LEADING]
    if not new:
        return ""
    said = ngettext(
        "%(names)s takes part now and is not named here.",
        "%(names)s take part now and are not named here.",
        len(new),
    )
    return said % {"names": words.join_names(row.person.name for row in new)}


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


def you_and(made: dict[str, Any], viewer: User) -> str:
    """You, Amina and Joe: the reader, who is a party, with the others."""
    return words.join_names(
        [_("You"), *(entry["name"] for entry in made["parties"] if entry["id"] != str(viewer.pk))]
    )


def other_names(made: dict[str, Any], viewer: User) -> str:
    """The names of the parties other than the reader, joined; of all of them for somebody who is not a party."""
    return words.join_names(entry["name"] for entry in made["parties"] if entry["id"] != str(viewer.pk))


# Who opened it --------------------------------------------------------------------------------------------------


def openings_by_others(
    agreement: Agreement, blocks: Iterable[Signature], later: membership.Later
) -> list[tuple[str, str]]:
    """Who else opened or downloaded it, and when, newest first.

    The openings of those it is for, members who are asked to sign it among them, are nobody's to see (decision 12).
    """
    parties = {uuid.UUID(one.person_id) for one in blocks} | {row.person_id for row in later.now}
    return [
        (name or "", _(OPENED[action]) % {"day": words.day(at), "time": words.clock(at)})
        for name, action, at in _openings(agreement.pk, sorted(parties))
        if action in OPENED
    ]


@prepared
def _openings(agreement: uuid.UUID, but_by: list[uuid.UUID]) -> QuerySet[Opening, tuple[Any, ...]]:
    """The newest openings by others: name (None where nobody is signed in), action, moment."""
    found = Opening.objects.filter(record_label=Agreement._meta.label_lower, record_id=agreement)
    newest = found.exclude(by__in=but_by).order_by("-at")
    return newest.values_list("by__name", "action", "at")[:OPENINGS_SHOWN]


OPENED = {
    "opened": gettext_noop("Opened it on %(day)s, %(time)s"),
    "downloaded": gettext_noop("Downloaded it on %(day)s, %(time)s"),
    "exported": gettext_noop("Exported it on %(day)s, %(time)s"),
}
