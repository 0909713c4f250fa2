"""How one version of an agreement came about: who did what and when. Never what was said."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from supervision.pages import words
from supervision.people.models import User
from supervision.records.models import Answer, Offer, OfferClosed

from .models import Agreement, AgreementEnding


@dataclass(frozen=True)
class Step:
    """One line of the timeline."""

    at: datetime.datetime
    what: str
    now: bool = False

    @property
    def when(self) -> str:
        return _("%(day)s, %(time)s") % {"day": words.short_day(self.at), "time": words.clock(self.at)}

    @property
    def iso(self) -> str:
        return self.at.isoformat()


def offers_of(agreement: Agreement) -> list[Offer]:
    """Every offer of this version with its answers and how it ended, newest first. Two queries."""
    answers = Prefetch("answers", Answer.objects.select_related("person").order_by("answered_at"))
    found = Offer.objects.of(agreement).select_related("offered_by", "closed", "closed__by", "seal")
    return list(found.prefetch_related(answers))


def last_closed(offers: Iterable[Offer]) -> OfferClosed | None:
    """How the newest offer ended, when it was closed without being signed by all."""
    newest = next(iter(offers), None)
    return getattr(newest, "closed", None) if newest is not None else None


def steps(
    agreement: Agreement, offers: Iterable[Offer], ending: AgreementEnding | None, viewer: User
) -> list[Step]:
    """The timeline, oldest first; the last step is where it stands now."""

    def name(person: User) -> str:
        return _("You") if person.pk == viewer.pk else person.name

    found = [_started(agreement, name)]
    for offer in sorted(offers, key=lambda one: one.number):
        found += _steps_of(offer, name)
    if ending is not None:
        said = _("%(name)s ended it, from %(day)s")
        found.append(
            Step(ending.recorded_at, said % {"name": name(ending.by), "day": words.day(ending.ends_on)})
        )
    last = found[-1]
    return [*found[:-1], Step(last.at, last.what, now=True)]


def _started(agreement: Agreement, name: Callable[[User], str]) -> Step:
    said = _("%(name)s started it from the template")
    if agreement.number > 1:
        said = _("%(name)s started it from the version before")
    return Step(agreement.started_at, said % {"name": name(agreement.started_by)})


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
    closed: OfferClosed | None = getattr(offer, "closed", None)
    if closed is not None:
        said = CLOSED[OfferClosed.Why(closed.why)]()
        found.append(Step(closed.closed_at, said % {"name": name(closed.by)}))
    seal = getattr(offer, "seal", None)
    if seal is not None:
        found.append(Step(seal.sealed_at, _("Signed by everybody and sealed")))
    return found
