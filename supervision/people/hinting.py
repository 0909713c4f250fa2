"""Gentle hints under the fields of a form, for one person (domain 12): without those they silenced, and knowing whom they work with.

Only words that others read are looked at, and never what is somebody's own: private notes, statements, reasons.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef, Value
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from supervision.guidance import operations as guidance
from supervision.guidance import shown
from supervision.guidance.hints import Finding
from supervision.guidance.models import SilencedHint
from supervision.records.errors import NotFound

from .models import Participation, User


def under(request: HttpRequest, *parts: Any) -> None:
    """Put under every text field of these forms the hints about what stands in it now."""
    looker = Looker(request.user)
    for form in parts:
        if getattr(form, "removed", False):
            continue
        for bound in form:
            if _is_looked_at(bound) and (found := looker.look_at(str(bound.value() or ""))):
                bound.field.below = shown.box(found, label=str(bound.label), request=request)


def _is_looked_at(bound: forms.BoundField) -> bool:
    """Text areas that this person writes in; not the topics of others."""
    widget = bound.field.widget
    return isinstance(widget, forms.Textarea) and not widget.attrs.get("readonly")


def silence_pressed(request: HttpRequest, *parts: Any) -> bool:
    """Whether “Don't show this one again” was pressed in the form: done, and the form is shown again as it was typed."""
    hint = request.POST.get("silence", "")
    if not hint:
        return False
    try:
        guidance.silence(hint, by=request.user)
    except NotFound:  # a hint that went with an older file: there is nothing to silence, and the form stays
        pass
    else:
        messages.success(request, _("Not shown to you again. You can undo this in “Your details”."))
    for part in parts:
        part.unchecked()
    return True


class Looker:
    """Looks at texts for one person: without the hints they silenced, and without the names of people they work with.

    Asks the database only when there is something to show, and then once for any number of texts.
    """

    def __init__(self, user: Any) -> None:
        self.user = user

    def look_at(self, text: str) -> list[Finding]:
        return [one for one in shown.look_at(text) if self._is_shown(one)]

    def _is_shown(self, finding: Finding) -> bool:
        silenced, colleagues = self._known
        if finding.id in silenced:
            return False
        named = _pieces(finding.words) if finding.hint.finds == "name" else set()
        return not named or not any(named <= name for name in colleagues)

    @cached_property
    def _known(self) -> tuple[set[str], list[set[str]]]:
        """The hints this person silenced, and the names of the people they share or shared an arrangement with: one query."""
        person = OuterRef("pk")
        shared = Participation.objects.filter(arrangement__participations__person=self.user, person=person)
        names = User.objects.filter(Exists(shared)).order_by().values_list("name", Value(True))
        silenced = SilencedHint.objects.visible_to(self.user).values_list("hint", Value(False))
        rows = list(silenced.union(names, all=True))
        colleagues = [_pieces(text) for text, is_name in rows if is_name]
        return {text for text, is_name in rows if not is_name}, [*colleagues, _pieces(self.user.name)]


def _pieces(name: str) -> set[str]:
    return set(name.casefold().replace("-", " ").split())
