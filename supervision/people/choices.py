"""What the selects of the forms offer."""

from __future__ import annotations

import zoneinfo
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import User

Options = list[tuple[Any, Any]]

UNITED_STATES = [
    ("America/New_York", gettext_lazy("Eastern: New York")),
    ("America/Chicago", gettext_lazy("Central: Chicago")),
    ("America/Denver", gettext_lazy("Mountain: Denver")),
    ("America/Phoenix", gettext_lazy("Mountain without daylight saving: Phoenix")),
    ("America/Los_Angeles", gettext_lazy("Pacific: Los Angeles")),
    ("America/Anchorage", gettext_lazy("Alaska: Anchorage")),
    ("Pacific/Honolulu", gettext_lazy("Hawaii: Honolulu")),
    ("America/Puerto_Rico", gettext_lazy("Atlantic: Puerto Rico")),
]
_REGIONS = {"Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}


@cache
def zones() -> Options:
    """Time zones by part of the world, those of the United States first; UTC last."""
    regions: dict[str, Options] = defaultdict(list)
    for name in sorted(zoneinfo.available_timezones()):
        region, _slash, place = name.partition("/")
        if region in _REGIONS:
            regions[region].append((name, place.replace("_", " ").replace("/", ", ")))
    return [
        (gettext_lazy("United States"), UNITED_STATES),
        *regions.items(),
        (gettext_lazy("Other"), [("UTC", "UTC")]),
    ]


def zone_field(*, empty: Any = "", **kwargs: Any) -> forms.ChoiceField:
    """A select of time zones. `empty` is what the first, empty choice says; without it one must be chosen."""
    choices = [("", empty), *zones()] if empty else zones()
    return forms.ChoiceField(label=gettext_lazy("Time zone"), choices=choices, required=not empty, **kwargs)


def labels(people: Iterable[User]) -> Options:
    """(id, name and job title) for each; namesakes are told apart by their e-mail."""
    people = list(people)
    seen: dict[tuple[str, str], int] = defaultdict(int)
    for person in people:
        seen[person.name, person.job_title] += 1
    return [(str(person.pk), _label(person, seen[person.name, person.job_title] > 1)) for person in people]


def _label(person: User, has_namesake: bool) -> str:
    parts = [person.name, person.job_title, person.email if has_namesake else ""]
    return ", ".join(part for part in parts if part)


class PersonField(forms.ChoiceField):
    """A select of people that the form was given; its cleaned value is the person, or None."""

    default_error_messages: ClassVar[dict[str, Any]] = {"required": gettext_lazy("Choose a person")}

    def __init__(self, *, nobody: Any = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.nobody = nobody
        self.by_id: dict[str, User] = {}

    def offer(self, people: Iterable[User]) -> None:
        """Set who can be chosen: one query for the field, however often it is drawn."""
        self.by_id = {str(person.pk): person for person in people}
        self.choices = [("", self.nobody or _("Choose a person")), *labels(self.by_id.values())]

    def prepare_value(self, value: Any) -> Any:
        return str(value.pk) if isinstance(value, User) else value

    def clean(self, value: Any) -> User | None:
        return self.by_id.get(super().clean(value))
