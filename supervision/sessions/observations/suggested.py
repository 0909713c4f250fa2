"""An observation that suggests itself for a next agenda, to the two it is between and nobody else who meets there."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from supervision.notices.models import Suggestion, SuggestionQuerySet
from supervision.people.models import User

from .models import Observation


def for_party(rows: SuggestionQuerySet, user: User) -> SuggestionQuerySet:
    """Of suggestions: without those about observations of others. No query of its own."""
    own = Observation.objects.visible_to(user).filter(pk=OuterRef("source_id"))
    return rows.exclude(~Exists(own), kind=Suggestion.Kind.OBSERVATION)
