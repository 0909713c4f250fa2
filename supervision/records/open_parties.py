"""Who is asked by an offer that is open: kept beside the offers (`OpenParty`), and made anew where it is not what they say."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from django.apps import apps
from django.db import transaction
from django.db.models import Exists, OuterRef

from .models import Offer, OfferParty, OpenParty


def wrong() -> set[uuid.UUID]:
    """The offers of which something else is kept than what they say. Two queries."""
    kept = OpenParty.objects.filter(offer=OuterRef("offer"), person=OuterRef("person"))
    missing = OfferParty.objects.filter(~Exists(kept), offer__in=Offer.objects.open().order_by().values("pk"))
    surplus = OpenParty.objects.exclude(offer__in=Offer.objects.open().order_by().values("pk"))
    return {*missing.order_by().values_list("offer", flat=True), *surplus.values_list("offer", flat=True)}


def rebuild(*, keep: bool = True) -> Iterator[uuid.UUID]:
    """Set right what is kept, and give the offers of which it was wrong. Without `keep` nothing is changed."""
    for offer in sorted(wrong()):
        if keep:
            _set_right(Offer.objects.only("record_label", "record_id").get(pk=offer))
        yield offer


@transaction.atomic
def _set_right(offer: Offer) -> None:
    # As everybody does who answers, closes or seals it: so that it stays as it is meanwhile.
    record = apps.get_model(offer.record_label)._base_manager
    record.select_for_update(no_key=True).get(pk=offer.record_id)
    OpenParty.objects.filter(offer=offer).delete()
    if Offer.objects.open().filter(pk=offer.pk).exists():
        people = offer.parties.values_list("person_id", flat=True)
        OpenParty.objects.bulk_create(OpenParty(offer=offer, person_id=person) for person in people)
