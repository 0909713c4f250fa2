"""What suggests itself for a next agenda and is between two: offered to those two, and to nobody else who meets there."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from supervision.notices.models import Suggestion, SuggestionQuerySet
from supervision.people.models import User

from .models import Matter, MatterReply, Observation

BETWEEN_TWO = (
    Suggestion.Kind.OBSERVATION,
    Suggestion.Kind.TAKEN_UP,
    Suggestion.Kind.GOAL,
    Suggestion.Kind.ASSESSMENT,
)


def for_party(rows: SuggestionQuerySet, user: User) -> SuggestionQuerySet:
    """Of suggestions: without those about what others have between them. No query of its own."""
    observed = Observation.objects.visible_to(user).filter(pk=OuterRef("source_id"))
    matters = Matter.objects.between(user).values("pk")
    replied = MatterReply.objects.filter(pk=OuterRef("source_id"), matter__in=matters)
    return rows.exclude(~Exists(observed), kind=Suggestion.Kind.OBSERVATION).exclude(
        ~Exists(replied), kind=Suggestion.Kind.TAKEN_UP
    )
