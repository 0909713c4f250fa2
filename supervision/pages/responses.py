"""Answers that several apps give in the same words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from supervision.pages.forms import Rows


def conflict(request: HttpRequest, *, what: str, url: str, forms: Iterable[Any] = ()) -> HttpResponse:
    """409: somebody changed `what` meanwhile. Nothing was saved or overwritten.

    `what` is a short sentence ("Marisol added a topic to the agenda while you were writing."), `url` leads
    to the version of now. Words typed into `forms` (forms or Rows) are shown so that they can be copied over; where a form
    knows a newer version than the one it was typed into, its words stand beside them.
    """
    return render(request, "409.html", {"what": what, "url": url, "typed": list(_typed(forms))}, status=409)


def _typed(forms: Iterable[Any]) -> Iterable[tuple[str, str, str]]:
    """(label, what was typed, what is saved now where that is newer and says something else)."""
    for form in forms:
        if isinstance(form, Rows):
            yield from _typed(row for row in form.forms if not row.removed)  # type: ignore[attr-defined]
        elif form is not None and form.is_bound:
            newer = _knows_a_newer_version(form)
            for field in form.visible_fields():
                typed = _as_text(field, field.value())
                saved = _as_text(field, form.initial.get(field.name)) if newer else ""
                if typed:
                    yield str(field.label), typed, saved if saved != typed else ""


def saved_meanwhile(form: Any) -> list[tuple[str, str]]:
    """(label, what is saved) of a form that knows what is saved now, where that is not what was typed into it."""
    found = []
    for field in form.visible_fields():
        saved = _as_text(field, form.initial.get(field.name))
        if saved != _as_text(field, field.value()):
            found.append((str(field.label), saved))
    return found


def _knows_a_newer_version(form: Any) -> bool:
    saved = form.initial.get("version") if form.initial_is_saved else None
    return saved is not None and str(saved) != str(form.data.get(form.add_prefix("version"), ""))


def _as_text(field: BoundField, value: Any) -> str:
    if field.widget_type in {"password", "clearablefile", "file"}:
        return ""
    values = value if isinstance(value, list | tuple) else [value]
    labels = dict(_flat(getattr(field.field, "choices", ())))
    return ", ".join(
        str(labels.get(str(value), value)) for value in values if value not in (None, "", False)
    ).strip()


def _flat(choices: Iterable[Any]) -> Iterable[tuple[str, Any]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield str(value), label
