"""How one version of an agreement came about: who did what and when. Never what was said; that is on its history page."""

from __future__ import annotations

import datetime
import itertools
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from supervision.pages import words
from supervision.pages.prepared import prepared
from supervision.people.models import User
from supervision.records.models import Answer, Document, Offer, OfferClosed, Seal
from supervision.records.sealing import SignedRecord

from .models import Accession, Agreement, AgreementEnding, AgreementReview, Turn


@dataclass(frozen=True)
class Step:
    """One line of the timeline."""

    at: datetime.datetime
    what: str
    now: bool = False

    @cached_property
    def when(self) -> str:
        return _("%(day)s, %(time)s") % {"day": words.short_day(self.at), "time": words.clock(self.at)}

    @property
    def iso(self) -> str:
        return self.at.isoformat()


def offers_of(*records: SignedRecord) -> list[Offer]:
    """Every offer of these records with its answers, how it ended, and whether its PDF is made; newest first. Two queries."""
    return _offers_of([record.pk for record in records])


@prepared
def _offers_of(records: list[uuid.UUID]) -> QuerySet[Offer]:
    answers = Prefetch("answers", Answer.objects.select_related("person").order_by("answered_at"))
    made = Exists(Document.objects.filter(seal__offer=OuterRef("pk")))
    found = Offer.objects.filter(record_id__in=records).order_by("-number")
    found = found.select_related("offered_by", "closed", "closed__by", "seal")
    return found.annotate(has_document=made).prefetch_related(answers)


def has_document(offer: Offer) -> bool:
    """Whether the PDF of a sealed offer is made; loaded by `offers_of`."""
    return bool(getattr(offer, "has_document", False))


def last_closed(offers: Iterable[Offer]) -> OfferClosed | None:
    """How the newest offer ended, when it was closed without being signed by all."""
    newest = next(iter(offers), None)
    return getattr(newest, "closed", None) if newest is not None else None


def steps(
    agreement: Agreement,
    offers: Iterable[Offer],
    ending: AgreementEnding | None,
    viewer: User | None,
    *,
    turns: Iterable[Turn] = (),
    reviews: Iterable[AgreementReview] = (),
    joined: Iterable[Accession] = (),
) -> list[Step]:
    """The timeline, oldest first; the last step is where it stands now. `turns` are for the parties alone.

    Without a `viewer` everybody is named: for paper.
    """

    def name(person: User) -> str:
        return _("You") if viewer is not None and person.pk == viewer.pk else person.name

    found = [_started(agreement, name)]
    for offer in sorted(offers, key=lambda one: one.number):
        found += _steps_of(offer, name)
    found += _conversation(turns, name)
    found += [_reviewed(review, review.sealed_at) for review in reviews if review.sealed_at]
    found += [_joined(one, one.sealed_at, name) for one in joined if one.sealed_at]
    found.sort(key=lambda step: step.at)
    if ending is not None:
        said = _("%(name)s ended it, from %(day)s")
        found.append(
            Step(ending.recorded_at, said % {"name": name(ending.by), "day": words.day(ending.ends_on)})
        )
    last = found[-1]
    return [*found[:-1], Step(last.at, last.what, now=True)]


def _conversation(turns: Iterable[Turn], name: Callable[[User], str]) -> list[Step]:
    """What was said of the parts, a line for whatever one person did in a row on one day."""
    found: list[Step] = []
    in_order = sorted(turns, key=lambda one: (one.at, one.number))
    for _same, group in itertools.groupby(in_order, key=_in_a_row):
        row = list(group)
        numbers = [str(n) for n in sorted({turn.clause.position + 1 for turn in row})]
        values = {"name": name(row[0].by), "parts": words.join_names(numbers)}
        found.append(Step(row[-1].at, DID[Turn.Kind(row[0].kind)](len(numbers)) % values))
    return found


def _in_a_row(turn: Turn) -> tuple[Any, ...]:
    return turn.by_id, turn.kind, timezone.localdate(turn.at)


DID: dict[str, Callable[[int], str]] = {
    Turn.Kind.SUGGESTED: lambda n: ngettext(
        "%(name)s suggested a change to part %(parts)s", "%(name)s suggested changes to parts %(parts)s", n
    ),
    Turn.Kind.TAKEN: lambda n: ngettext(
        "%(name)s took the wording of part %(parts)s", "%(name)s took the wording of parts %(parts)s", n
    ),
    Turn.Kind.AGREED: lambda n: ngettext(
        "%(name)s agreed to part %(parts)s", "%(name)s agreed to parts %(parts)s", n
    ),
    Turn.Kind.PARKED: lambda n: ngettext(
        "%(name)s kept part %(parts)s for the next session",
        "%(name)s kept parts %(parts)s for the next session",
        n,
    ),
    Turn.Kind.WITHDRAWN: lambda n: ngettext(
        "%(name)s took back the change to part %(parts)s",
        "%(name)s took back the changes to parts %(parts)s",
        n,
    ),
}


def _reviewed(review: AgreementReview, at: datetime.datetime) -> Step:
    said = _("Looked at together, and left as it is until %(day)s") % {"day": words.day(review.next_on)}
    return Step(at, said)


def _joined(accession: Accession, at: datetime.datetime, name: Callable[[User], str]) -> Step:
    return Step(at, _("%(name)s signed it too") % {"name": name(accession.person)})


def _started(agreement: Agreement, name: Callable[[User], str]) -> Step:
    said = _("%(name)s started it from the template") % {"name": name(agreement.started_by)}
    if agreement.number > 1:
        said = _("%(name)s started it from the version before") % {"name": name(agreement.started_by)}
    if agreement.because:
        said = _("%(what)s: %(why)s") % {"what": said, "why": agreement.get_because_display().lower()}
    return Step(agreement.started_at, said)


CLOSED = {
    OfferClosed.Why.TAKEN_BACK: lambda: _("%(name)s took it back"),
    OfferClosed.Why.CHANGE_ASKED: lambda: _("%(name)s asked for a change"),
    OfferClosed.Why.DECLINED: lambda: _("%(name)s declined to sign"),
}


def _steps_of(offer: Offer, name: Callable[[User], str]) -> list[Step]:
    found = [Step(offer.offered_at, _("%(name)s sent it to be signed") % {"name": name(offer.offered_by)})]
    for answer in offer.answers.all():
        if answer.kind == Answer.Kind.SIGNED:
            found.append(Step(answer.answered_at, _("%(name)s signed") % {"name": name(answer.person)}))
        elif offer.rule == Offer.Rule.LEAD_AND_ONE and answer.person_id != offer.must_sign_id:
            found.append(
                Step(answer.answered_at, _("%(name)s declined to sign") % {"name": name(answer.person)})
            )
    closed: OfferClosed | None = getattr(offer, "closed", None)
    if closed is not None:
        said = CLOSED[OfferClosed.Why(closed.why)]()
        found.append(Step(closed.closed_at, said % {"name": name(closed.by)}))
    seal = getattr(offer, "seal", None)
    if seal is not None:
        said = _("Signed by everybody and sealed")
        if seal.how == Seal.How.EACH:
            said = _("Sealed: it holds for each who signs")
        found.append(Step(seal.sealed_at, said))
    return found


# One turn in the thread of a part.
SAID: dict[str, Callable[[], str]] = {
    Turn.Kind.SUGGESTED: lambda: _("%(name)s suggested another wording"),
    Turn.Kind.TAKEN: lambda: _("%(name)s took the suggested wording"),
    Turn.Kind.AGREED: lambda: _("%(name)s agreed to it as it stood"),
    Turn.Kind.PARKED: lambda: _("%(name)s kept it for the next session"),
    Turn.Kind.WITHDRAWN: lambda: _("%(name)s took the suggestion back"),
}
