"""Whether the agreement in force holds for somebody: what people's rows in an arrangement say of it, in the same query.

An agreement holds for those who signed it. In a group that is each member by themself (domain 3, decision 2); elsewhere all sign
at once, and somebody who came later is simply not named in it, so that a new version is asked for.
"""

from __future__ import annotations

from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.utils import timezone

from agreements.models import Accession, Agreement, AgreementParty
from supervision.people.models import Arrangement, Participation, User
from supervision.records.models import Answer

IN_FORCE = "arrangement__standing__agreement_id"
AGREEMENT = Agreement._meta.label_lower


def begins_later() -> Exists:
    """For a query of participations: whether all have signed a version that begins on a day to come, so that none is to be written."""
    ahead = Agreement.objects.sealed().filter(starts_on__gt=timezone.localdate(), ending__isnull=True)
    return Exists(ahead.filter(arrangement=OuterRef("arrangement")))


def is_named(person: str = "person") -> Exists:
    """For a query of participations: whether this person is named in the agreement in force."""
    return Exists(AgreementParty.objects.filter(agreement=OuterRef(IN_FORCE), person=OuterRef(person)))


def has_signed_in_group() -> Case:
    """For a query of participations: True except for a member of a group who has not signed its agreement in force."""
    return Case(
        When(
            Q(arrangement__structure=Arrangement.Structure.GROUP)
            & Q(part__in=Participation.SUPPORTED)
            & Q(**{f"{IN_FORCE}__isnull": False}),
            then=has_signed(),
        ),
        default=Value(True),
        output_field=BooleanField(),
    )


def has_signed(version: Any = None) -> ExpressionWrapper:
    """For a query of participations: whether this person signed a version, by default the one in force. Joining later counts."""
    return _signed(version or OuterRef(IN_FORCE), OuterRef("person"))


def has_declined() -> ExpressionWrapper:
    """For a query of participations: whether this person said no to the version in force. They can sign it all the same."""
    no = Answer.objects.filter(
        kind=Answer.Kind.DECLINED,
        person=OuterRef("person"),
        offer__seal__record_label=AGREEMENT,
        offer__seal__record_id=OuterRef(IN_FORCE),
    )
    later = Accession.objects.filter(
        agreement=OuterRef(IN_FORCE), person=OuterRef("person"), sealed_at__isnull=True
    )
    return ExpressionWrapper(Q(Exists(no)) | Q(Exists(later)), output_field=BooleanField())


def has_signed_newest() -> ExpressionWrapper:
    """For a query of participations: whether this person signed the newest sealed version, which the next one starts from."""
    newest = Agreement.objects.sealed().filter(arrangement=OuterRef(OuterRef("arrangement")))
    return has_signed(Subquery(newest.order_by("-number").values("pk")[:1]))


def version_signed_by(person: User) -> ExpressionWrapper:
    """For a query of agreements: whether this person signed that version, with the others or by joining later."""
    return _signed(OuterRef("pk"), person)


def _signed(version: Any, person: Any) -> ExpressionWrapper:
    answers = Answer.objects.filter(
        kind=Answer.Kind.SIGNED,
        person=person,
        offer__seal__record_label=AGREEMENT,
        offer__seal__record_id=version,
    )
    joined = Accession.objects.filter(agreement=version, person=person, sealed_at__isnull=False)
    return ExpressionWrapper(Q(Exists(answers)) | Q(Exists(joined)), output_field=BooleanField())
