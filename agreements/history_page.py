"""Everything that was said and done on the way to a version, in order: for the parties alone, on a page and in a PDF."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.pages import differences, words
from supervision.records import encryption
from supervision.records.models import Answer, Offer, OfferClosed, Seal

from . import completeness, content, history, wording
from .models import Accession, Agreement, AgreementReview, Clause, Turn


@dataclass(frozen=True)
class Entry:
    """One thing that somebody said or did. `difference` is what a suggestion would change."""

    at: datetime.datetime
    what: str
    reason: str = ""
    difference: differences.Difference | None = None

    @property
    def when(self) -> str:
        return _("%(day)s, %(time)s") % {"day": words.full_day(self.at), "time": words.clock(self.at)}


@dataclass(frozen=True)
class Thread:
    """What was said of one part."""

    number: int
    title: str
    entries: Sequence[Entry]


@dataclass(frozen=True)
class Story:
    """How a version came together: its course as a whole, and the thread of each part that was talked about."""

    course: Sequence[Entry]
    threads: Sequence[Thread]


def story_of(rows: content.Rows, *, until: datetime.date | None = None) -> Story:
    """The story of a version, for somebody who has left up to the day on which they did. Seven queries, however long it is."""
    agreement = rows.agreement
    encryption.unlock([agreement])
    turns = completeness.turns_of(agreement)
    reviews = list(agreement.reviews.select_related("started_by").order_by("started_at"))
    joined = list(agreement.accessions.select_related("person").order_by("started_at"))
    offers = history.offers_of(agreement, *reviews, *joined)
    of_record: dict[Any, list[Offer]] = {}
    for offer in offers:
        of_record.setdefault(offer.record_id, []).append(offer)
    course = [
        *_start(agreement),
        *(entry for offer in of_record.get(agreement.pk, []) for entry in _of_offer(offer)),
        *(entry for one in reviews for entry in _of_review(one, of_record.get(one.pk, []))),
        *(entry for one in joined for entry in _of_accession(one, of_record.get(one.pk, []))),
        *_ending(agreement),
    ]
    if until is not None:
        course = [entry for entry in course if timezone.localdate(entry.at) <= until]
        turns = [turn for turn in turns if timezone.localdate(turn.at) <= until]
    return Story(course=sorted(course, key=lambda entry: entry.at), threads=_threads(rows, turns))


def _start(agreement: Agreement) -> list[Entry]:
    step = history.steps(agreement, [], None, None)[0]
    return [Entry(step.at, step.what, agreement.because_note)]


def _of_offer(offer: Offer) -> Iterable[Entry]:
    yield Entry(offer.offered_at, _("%(name)s sent it to be signed") % {"name": offer.offered_by.name})
    for answer in offer.answers.all():
        name = {"name": answer.person.name}
        if answer.kind == Answer.Kind.SIGNED:
            yield Entry(answer.answered_at, _("%(name)s signed") % name, answer.statement)
        else:
            yield Entry(answer.answered_at, _("%(name)s declined to sign") % name, answer.reason)
    closed: OfferClosed | None = getattr(offer, "closed", None)
    if closed is not None and closed.why != OfferClosed.Why.DECLINED:
        said = history.CLOSED[OfferClosed.Why(closed.why)]()
        yield Entry(closed.closed_at, said % {"name": closed.by.name}, closed.reason)
    seal: Seal | None = getattr(offer, "seal", None)
    if seal is not None:
        yield Entry(seal.sealed_at, _("Sealed: from here on the text never changes"))


def _of_review(review: AgreementReview, offers: Iterable[Offer]) -> Iterable[Entry]:
    for offer in offers:
        said = _("%(name)s recorded that it was looked at and stays as it is")
        yield Entry(offer.offered_at, said % {"name": offer.offered_by.name})
        for answer in offer.answers.all():
            if answer.kind == Answer.Kind.DECLINED:
                no = _("%(name)s said that it should not stay as it is")
                yield Entry(answer.answered_at, no % {"name": answer.person.name}, answer.reason)
        closed: OfferClosed | None = getattr(offer, "closed", None)
        if closed is not None and closed.why == OfferClosed.Why.TAKEN_BACK:
            back = _("%(name)s took the review back")
            yield Entry(closed.closed_at, back % {"name": closed.by.name}, closed.reason)
    if review.sealed_at is not None:
        signed = _("The review was signed. Next look by %(day)s")
        yield Entry(review.sealed_at, signed % {"day": words.full_day(review.next_on)}, review.note)


def _of_accession(accession: Accession, offers: Iterable[Offer]) -> Iterable[Entry]:
    for offer in offers:
        for answer in offer.answers.all():
            said = _("%(name)s signed it too")
            if answer.kind == Answer.Kind.DECLINED:
                said = _("%(name)s declined to sign it too")
            yield Entry(answer.answered_at, said % {"name": accession.person.name}, answer.reason)


def _ending(agreement: Agreement) -> list[Entry]:
    ending = getattr(agreement, "ending", None)
    if ending is None:
        return []
    said = _("%(name)s ended it, from %(day)s")
    values = {"name": ending.by.name, "day": words.full_day(ending.ends_on)}
    return [Entry(ending.recorded_at, said % values, ending.reason)]


def _threads(rows: content.Rows, turns: Iterable[Turn]) -> list[Thread]:
    of_part: dict[Any, list[Turn]] = {}
    for turn in turns:
        of_part.setdefault(turn.clause_id, []).append(turn)
    who = content.people(rows)
    return [
        Thread(number, clause.title, [_entry(turn, clause, rows, who) for turn in of_part[clause.pk]])
        for number, clause in enumerate(rows.clauses, start=1)
        if clause.pk in of_part
    ]


def _entry(turn: Turn, clause: Clause, rows: content.Rows, who: Sequence[wording.Who]) -> Entry:
    said = history.SAID[Turn.Kind(turn.kind)]() % {"name": turn.by.name}
    if turn.kind != Turn.Kind.SUGGESTED:
        return Entry(turn.at, said, turn.reason)
    sides = [
        differences.lines_of(wording.blocks_of(clause.key, side, rows.agreement, who))
        for side in (turn.before, turn.after)
    ]
    return Entry(turn.at, said, turn.reason, differences.words(*sides).focused)
