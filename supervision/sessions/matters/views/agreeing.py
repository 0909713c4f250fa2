"""Putting something into words, answering, putting it differently, leaving it."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from supervision.pages.responses import conflict
from supervision.pages.sight import line
from supervision.people import hints
from supervision.people.models import Arrangement, User
from supervision.people.requests import reader
from supervision.records import audit, encryption
from supervision.records.again import second_press_shows
from supervision.records.errors import Invalid, NotFound, Stale, WrongState
from supervision.records.forms import ReasonForm
from supervision.records.reasons import with_reason
from supervision.records.typed import begun, forget, kept_or_left, merged

from ...policy import part_now
from ...views.find import TAKING_PART
from .. import operations, policy
from ..forms import WordsForm, first_words, words_of
from ..models import Matter
from .common import METHODS, address, back_to, matter_for


@require_http_methods(METHODS)
def propose(request: HttpRequest, arrangement_id: uuid.UUID, person_id: uuid.UUID) -> HttpResponse:
    """Put words before the other of the two. `again` in the address is one of their own to take up once more."""
    user = reader(request)
    arrangement, other = _with_whom(user, arrangement_id, person_id)
    policy.check_can_take_up(user, arrangement, other)
    page = _Page(request, arrangement, other, about=f"sessions.matter_new:{arrangement_id}:{person_id}")

    def save(form: WordsForm) -> Matter:
        return operations.propose(
            arrangement, by=user, other=other, words=form.words(), key=form.cleaned_data["key"]
        )

    return page.answer(save, initial=_once_more(request, user), done=_("Put before %(name)s."))


def _with_whom(user: User, arrangement_id: uuid.UUID, person_id: uuid.UUID) -> tuple[Arrangement, User]:
    """The arrangement, and the other person in it. Raises NotFound for anybody who takes no part in it."""
    found = Arrangement.objects.filter(pk=arrangement_id).prefetch_related(TAKING_PART).first()
    if found is None or part_now(user, found) is None:
        raise NotFound
    there = (row.person for row in found.participations.all() if row.person_id == person_id)
    other = next(there, None)
    if other is None:
        raise NotFound
    return found, other


def _once_more(request: HttpRequest, user: User) -> dict[str, Any]:
    """The words to start with: none, or those of one that this person was part of."""
    try:
        key = uuid.UUID(request.GET.get("again", ""))
    except ValueError:
        return first_words()
    earlier = Matter.objects.between(user).filter(pk=key).first()
    if earlier is None:
        return first_words()
    encryption.unlock([earlier])
    if request.method != "POST":
        audit.opened(user, earlier, why="party")
    return {**words_of(earlier), "key": uuid.uuid4(), "manager": ""}


@require_http_methods(METHODS)
def change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Put it differently; the other one then answers."""
    user = reader(request)
    found = matter_for(user, pk)
    other = found.other(user)
    page = _Page(request, found.arrangement, other, about=f"sessions.matter:{pk}", matter=found)
    try:
        policy.check_can_change(user, found)
    except WrongState as refusal:
        if request.method != "POST":
            raise
        return page.conflict(refusal.message, page.form(request.POST))
    encryption.unlock([found])
    if request.method != "POST":
        audit.opened(user, found, why="party")

    def save(form: WordsForm) -> Matter:
        return operations.change(found, by=user, words=form.words(), version=form.cleaned_data["version"])

    return page.answer(save, initial=words_of(found), done=_("%(name)s is asked to agree."))


class _Page:
    """The form for the words, as it is begun, kept while somebody types, looked at again, and saved."""

    def __init__(
        self,
        request: HttpRequest,
        arrangement: Arrangement,
        other: User,
        *,
        about: str,
        matter: Matter | None = None,
    ) -> None:
        self.request, self.other, self.about, self.matter = request, other, about, matter
        self.managers = list(policy.managers_for(arrangement, reader(request), other))
        self.url = address(matter) if matter else reverse("sessions:matters")

    def form(self, data: Any = None, **given: Any) -> WordsForm:
        return WordsForm(data, managers=self.managers, **given)

    def answer(self, save: Any, *, initial: dict[str, Any], done: str) -> HttpResponse:
        request = self.request
        if request.method != "POST":
            return self._begin(initial)
        if (kept := kept_or_left(request, self.about)) is not None:
            return kept
        form = self.form(request.POST, initial=initial)
        if hints.silence_pressed(request, form):
            return self.show(form)
        if not form.is_valid():
            return self.show(form, status=422)
        try:
            made = save(form)
        except Stale as refusal:
            if self.matter is None:
                return self.conflict(refusal.message, form)
            audit.opened(reader(request), self.matter, why="party")
            return self.both(refusal.message, form, initial)
        except WrongState as refusal:
            return self.conflict(refusal.message, form)
        except Invalid as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
            return self.show(form, status=422)
        forget(request, self.about)
        messages.success(request, done % {"name": self.other.called})
        return redirect(address(made))

    def _begin(self, initial: dict[str, Any]) -> HttpResponse:
        """The form as it is saved, or with what this person typed here and did not save."""
        form, kept_at = begun(self.request, self.about, lambda data: self.form(data, initial=initial))
        return self.show(form, kept_at=kept_at)

    def both(self, what: str, form: WordsForm, initial: dict[str, Any]) -> HttpResponse:
        """409: what was typed, to be sent again, and beside it what the other one saved meanwhile."""
        form, saved = merged(self.request, form, partial(self.form, initial=initial), about=self.about)
        return self.show(form, status=409, stale=what, saved=saved)

    def show(
        self, form: WordsForm, *, status: int = 200, kept_at: Any = None, stale: str = "", saved: Any = ()
    ) -> HttpResponse:
        hints.under(self.request, form)
        context = {
            "form": form,
            "other": self.other,
            "matter": self.matter,
            "managers": [person.name for person in self.managers],
            "back_url": self.url,
            "page": uuid.uuid4().hex,
            "kept_at": kept_at,
            "stale": stale,
            "saved": saved,
            "invalid": status == 422,
        }
        return render(self.request, "sessions/matters/form.html", context, status=status)

    def conflict(self, what: str, form: WordsForm) -> HttpResponse:
        return conflict(self.request, what=what, url=self.url, forms=[form])


@require_POST
@second_press_shows("sessions:matter")
def agree(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Say yes to the words that were on the page; with that they are sent."""
    found = matter_for(reader(request), pk)
    try:
        operations.agree(found, by=reader(request), version=_version(request))
    except Stale as refusal:
        return conflict(request, what=refusal.message, url=address(found))
    except Invalid as refusal:
        messages.error(request, refusal.message)
        return redirect(address(found))
    messages.success(
        request, _("You both agree. It is with %(name)s to answer now.") % {"name": found.manager.name}
    )
    return redirect(address(found))


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


@require_http_methods(METHODS)
@second_press_shows("sessions:matter")
def decline(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Say no to taking it up, with the reason."""
    user = reader(request)
    found = matter_for(user, pk)
    policy.check_can_decline(user, found)
    name = found.other(user).called
    form = ReasonForm(
        request.POST if request.method == "POST" else None,
        label=_("Why not, or not now"),
        required=_("Say why, in your own words. The two of you read it."),
    )
    return with_reason(
        request,
        found,
        form,
        operations.decline,
        done=_("Declined. %(name)s is told.") % {"name": name},
        title=_("Don’t take this up"),
        text=_("Nobody is sent anything. If it only needs other words, put it differently instead."),
        verb=_("Decline it"),
        sees=line("matter.not_sent", name=name),
        **back_to(found),
    )


@require_http_methods(METHODS)
@second_press_shows("sessions:matter")
def leave(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Leave it, before it is sent."""
    user = reader(request)
    found = matter_for(user, pk)
    policy.check_can_withdraw(user, found)
    form = ReasonForm(
        request.POST if request.method == "POST" else None,
        label=_("Why"),
    )
    return with_reason(
        request,
        found,
        form,
        operations.withdraw,
        done=_("Left. %(name)s is told.") % {"name": found.other(user).called},
        title=_("Leave this"),
        text=_("Nobody is sent anything. The words stay here for the two of you."),
        verb=_("Leave it"),
        sees=line("matter.not_sent", name=found.other(user).called),
        **back_to(found),
    )
