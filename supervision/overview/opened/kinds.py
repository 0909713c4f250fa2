"""Every kind of record that somebody besides its parties can open: whose it is, and how it is called. No words of anybody's."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agreements.models import Accession, Agreement, AgreementParty, AgreementReview, while_there
from competencies.models import Assessment, TrainingEntry
from supervision.concerns.models import Concern, Letter
from supervision.hours.models import HoursLetter
from supervision.notes.models import Note
from supervision.pages import words
from supervision.pages.prepared import prepared
from supervision.people.models import Credential, User
from supervision.performance.models import JobDescription, PerformanceNote
from supervision.records.models import Offer, OpenedByOthers, Opening, Seal
from supervision.sessions.models import (
    Addendum,
    Attendance,
    Matter,
    Observation,
    ObservationAddendum,
    Session,
)

from ..links import address
from .reasons import SHOWN


@dataclass(frozen=True)
class Named:
    """What one record is called, and its page."""

    title: str
    url: str = ""


@dataclass(frozen=True)
class Kind:
    """`of` gives those that are a person's; `name` calls one of them, loaded by it, for that person."""

    of: Callable[[User], QuerySet[Any]]
    name: Callable[[Any, User], Named]


def _agreements(user: User) -> QuerySet[Any]:
    party = AgreementParty.objects.filter(person=user).values("agreement")
    joined = Accession.objects.filter(person=user).values("agreement")
    return Agreement.objects.filter(Q(pk__in=party) | Q(pk__in=joined))


def _agreement(row: Any, user: User) -> Named:
    said = gettext("Supervision agreement, version %(number)d") % {"number": row.number}
    return Named(said, address("agreements:detail", row.pk))


def _reviews(user: User) -> QuerySet[Any]:
    """Those that came while they took part: of a newer one they do not know (domain 8)."""
    return AgreementReview.objects.filter(
        while_there(user, "started_at"), agreement__in=_agreements(user).values("pk")
    )


def _review(row: Any, user: User) -> Named:
    return Named(gettext("Review of the agreement"), address("agreements:detail", row.agreement_id))


def _accessions(user: User) -> QuerySet[Any]:
    return Accession.objects.filter(person=user)


def _accession(row: Any, user: User) -> Named:
    return Named(gettext("Joining the agreement"), address("agreements:detail", row.agreement_id))


def _notes(user: User) -> QuerySet[Any]:
    own = Q(worker=user) | Q(author=user)
    return PerformanceNote.objects.visible_to(user).filter(own, first_sent_at__isnull=False)


def _note(row: Any, user: User) -> Named:
    return Named(str(row.get_kind_display()), address("performance:note", row.pk))


def _description(row: Any, user: User) -> Named:
    said = gettext("Job description, version %(number)d") % {"number": row.number}
    return Named(said, address("performance:description", row.pk))


def _assessments(user: User) -> QuerySet[Any]:
    return Assessment.objects.filter(Q(person=user) | Q(other=user), sealed_at__isnull=False)


def _assessment(row: Any, user: User) -> Named:
    day = words.day(row.sealed_at)
    said = gettext("Formal assessment of %(day)s") % {"day": day}
    return Named(said, address("competencies:assessment", row.pk))


def _entry(row: Any, user: User) -> Named:
    said = gettext("What you learned, %(day)s") % {"day": words.day(row.day)}
    return Named(said, address("training:entry", row.pk))


def _log(row: Any, user: User) -> Named:
    return Named(gettext("Your training log"), address("training:log"))


def _credential(row: Any, user: User) -> Named:
    return Named(gettext("Credential: %(name)s") % {"name": row.name}, address("training:credential", row.pk))


def _matters(user: User) -> QuerySet[Any]:
    return Matter.objects.between(user).filter(state=Matter.State.SENT)


def _matter(row: Any, user: User) -> Named:
    return Named(gettext("What you took up with a manager"), address("sessions:matter", row.pk))


def _concerns(user: User) -> QuerySet[Any]:
    """For the worker from the moment they were told: before, it does not exist for them."""
    return Concern.objects.visible_to(user).filter(Q(raised_by=user) | Q(worker=user))


def _concern(row: Any, user: User) -> Named:
    return Named(gettext("A concern"), address("concerns:detail", row.pk))


def _own_note(row: Any, user: User) -> Named:
    return Named(gettext("A private note of yours"), address("notes:detail", row.pk))


def _letter(row: Any, user: User) -> Named:
    return Named(gettext("A letter of yours"), address("concerns:letter", row.pk))


def _hours(row: Any, user: User) -> Named:
    return Named(
        gettext("Letter of hours, %(day)s") % {"day": words.day(row.as_of)}, address("hours:letter", row.pk)
    )


def _seals(user: User) -> QuerySet[Any]:
    """Everything sealed that this person was asked to sign."""
    return Seal.objects.filter(offer__parties__person=user)


KINDS: dict[str, Kind] = {
    Agreement._meta.label_lower: Kind(_agreements, _agreement),
    AgreementReview._meta.label_lower: Kind(_reviews, _review),
    Accession._meta.label_lower: Kind(_accessions, _accession),
    PerformanceNote._meta.label_lower: Kind(_notes, _note),
    JobDescription._meta.label_lower: Kind(
        lambda user: JobDescription.objects.filter(person=user), _description
    ),
    Assessment._meta.label_lower: Kind(_assessments, _assessment),
    TrainingEntry._meta.label_lower: Kind(lambda user: TrainingEntry.objects.filter(owner=user), _entry),
    User._meta.label_lower: Kind(lambda user: User.objects.filter(pk=user.pk), _log),
    Credential._meta.label_lower: Kind(lambda user: Credential.objects.filter(person=user), _credential),
    Matter._meta.label_lower: Kind(_matters, _matter),
    Concern._meta.label_lower: Kind(_concerns, _concern),
    Note._meta.label_lower: Kind(lambda user: Note.objects.filter(author=user), _own_note),
    Letter._meta.label_lower: Kind(lambda user: Letter.objects.filter(writer=user), _letter),
    HoursLetter._meta.label_lower: Kind(HoursLetter.objects.visible_to, _hours),
}


# What a kind is called in the filter: those above, and what is only found by its seal.
CALLED: dict[str, str | Promise] = {
    Session._meta.label_lower: _("Session records"),
    Attendance._meta.label_lower: _("Attendance"),
    Addendum._meta.label_lower: _("Added to a session record"),
    Agreement._meta.label_lower: _("Agreements"),
    AgreementReview._meta.label_lower: _("Reviews of agreements"),
    Accession._meta.label_lower: _("Joining an agreement"),
    Observation._meta.label_lower: _("Observations"),
    ObservationAddendum._meta.label_lower: _("Added to an observation"),
    Assessment._meta.label_lower: _("Formal assessments"),
    PerformanceNote._meta.label_lower: _("Notes and plans about work"),
    JobDescription._meta.label_lower: _("Job descriptions"),
    User._meta.label_lower: _("Training log as a whole"),
    TrainingEntry._meta.label_lower: _("What was learned"),
    Credential._meta.label_lower: _("Credentials"),
    Matter._meta.label_lower: _("Taken up with a manager"),
    Concern._meta.label_lower: _("Concerns"),
    Letter._meta.label_lower: _("Letters"),
    Note._meta.label_lower: _("Private notes"),
    HoursLetter._meta.label_lower: _("Letters of hours"),
}


def records_of(user: User, *, opened: bool = False) -> dict[uuid.UUID, str]:
    """Every record that is this person's and that somebody else may open, with its kind; or of those only what was `opened` as one
    of the reasons that are shown says. One query."""
    # What has a kind of its own here is called by that, also where it is sealed.
    return {key: label for _own, key, label in sorted(_records(user, opened))}


@prepared
def _records(user: User, opened: bool) -> QuerySet[Any, tuple[int, uuid.UUID, str]]:
    sealed = _sealed_records(user, opened).annotate(own=Value(0))
    kinds = (
        _those(kind.of(user), "pk", opened)
        .order_by()
        .annotate(own=Value(1), label=Value(label, output_field=CharField()))
        .values_list("own", "pk", "label")
        for label, kind in KINDS.items()
    )
    return sealed.values_list("own", "record_id", "record_label").union(*kinds, all=True)


def _sealed_records(user: User, opened: bool) -> QuerySet[Offer]:
    """The offers that they were sealed with."""
    rows = Offer.objects.filter(seal__isnull=False, parties__person=user).order_by()
    if not opened:
        return rows
    by_others = OpenedByOthers.objects.filter(person=user)
    return _those(rows.filter(record_id__in=by_others.values("record_id")), "record_id", opened)


def _those(rows: QuerySet[Any], record: str, opened: bool) -> QuerySet[Any]:
    if not opened:
        return rows
    return rows.filter(Exists(Opening.objects.filter(record_id=OuterRef(record), why__in=SHOWN)))


def names_of(records: Iterable[tuple[str, uuid.UUID]], user: User) -> dict[uuid.UUID, Named]:
    """How each of these records (kind and id) is called, for this person. One query a kind that is among them, and one for sealed
    records."""
    wanted: dict[str, set[uuid.UUID]] = {}
    for label, record_id in records:
        wanted.setdefault(label, set()).add(record_id)
    found: dict[uuid.UUID, Named] = {}
    others: set[uuid.UUID] = set()
    for label, ids in wanted.items():
        kind = KINDS.get(label)
        if kind is None:
            others |= ids
            continue
        rows = _rows(label, user, list(ids))
        found |= {row.pk: kind.name(row, user) for row in rows}
        others |= ids - found.keys()
    if others:
        found |= {
            seal.record_id: Named(
                gettext("%(kind)s, sealed %(day)s") % {"kind": seal.kind, "day": words.day(seal.sealed_at)}
            )
            for seal in _sealed(user, list(others))
        }
    return found


@prepared
def _rows(label: str, user: User, ids: list[uuid.UUID]) -> QuerySet[Any]:
    return KINDS[label].of(user).filter(pk__in=ids)


@prepared
def _sealed(user: User, ids: list[uuid.UUID]) -> QuerySet[Seal]:
    return _seals(user).filter(record_id__in=ids).only("record_id", "kind", "sealed_at")
