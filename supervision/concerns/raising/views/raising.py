"""The steps of whoever supervises: stating it, telling the worker, telling them again, sharing, and how it ends."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from supervision.pages.forms import posted
from supervision.pages.responses import conflict
from supervision.people.models import Arrangement, User
from supervision.people.requests import limits_first, reader
from supervision.records import encryption
from supervision.records.again import second_press_shows
from supervision.records.errors import Invalid, Stale, WrongState
from supervision.records.forms import ReasonForm
from supervision.records.typed import merged

from ... import people
from .. import operations, policy, receivers, steps
from ..forms import (
    ReportForm,
    ShareForm,
    ShareOutOfOrderForm,
    StateForm,
    TellForm,
    TellLateForm,
    VersionForm,
    words_of,
)
from ..models import Concern
from .common import METHODS, SHOWN, address, concern_for, step


@require_safe
def begin(request: HttpRequest, arrangement_id: uuid.UUID) -> HttpResponse:
    """From a session: did anything reach one of the limits? Nothing of the session comes along."""
    user = reader(request)
    found = [pair for pair in people.supervised_by(user) if pair[0].pk == arrangement_id]
    links = [
        {"name": person.name, "url": reverse("concerns:state", args=[arrangement.pk, person.pk])}
        for arrangement, person in found
    ]
    context = {"begin": links, "limits": operations.LIMITS, "is_supervisor": bool(found)}
    return render(request, "concerns/begin.html", context)


@require_http_methods(METHODS)
def state(request: HttpRequest, arrangement_id: uuid.UUID, person_id: uuid.UUID) -> HttpResponse:
    """Put a concern into words, for oneself alone."""
    user = reader(request)
    arrangement = get_object_or_404(Arrangement.objects.visible_to(user), pk=arrangement_id)
    worker = get_object_or_404(User.objects.visible_to(user).select_related("line_manager"), pk=person_id)
    policy.check_supervises(user, arrangement, worker)
    if (first := limits_first(request, f"concerns.state:{arrangement_id}:{person_id}")) is not None:
        return first
    form = StateForm(posted(request), initial={"key": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.state(
                arrangement, worker, by=user, words=form.words(), key=form.cleaned_data["key"]
            )
        except Invalid as refusal:
            form.add_error(refusal.field, refusal.message)
        except WrongState as refusal:
            return conflict(request, what=refusal.message, url=reverse("concerns:list"), forms=[form])
        else:
            messages.success(
                request, _("Kept for you alone. %(name)s hears it first.") % {"name": worker.called}
            )
            return redirect(SHOWN, made.pk)
    return _words_page(request, worker, form, back_url=reverse("concerns:list"))


def _words_page(
    request: HttpRequest,
    worker: User,
    form: StateForm,
    *,
    back_url: str,
    concern: Concern | None = None,
    status: int = 0,
    **more: Any,
) -> HttpResponse:
    status = status or (422 if request.method == "POST" else 200)
    context = {
        "form": form,
        "worker": worker,
        "concern": concern,
        "back_url": back_url,
        "invalid": status == 422,
        **more,
    }
    return render(request, "concerns/state.html", context, status=status)


@require_http_methods(METHODS)
def change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Word it differently, before anybody was told."""
    user = reader(request)
    found = concern_for(user, pk)
    encryption.unlock([found])
    url = address(found)

    def make(data: Any, row: Concern = found) -> StateForm:
        return StateForm(data, initial=words_of(row))

    form = make(posted(request))
    try:
        policy.check_can_change(user, found)
        if request.method != "POST" or not form.is_valid():
            return _words_page(request, found.worker, form, back_url=url, concern=found)
        operations.change(found, by=user, words=form.words(), version=form.cleaned_data["version"])
    except Stale as refusal:
        now = concern_for(user, pk)
        again, saved = merged(request, make(request.POST, now), partial(make, row=now))
        page = {"stale": refusal.message, "saved": saved}
        return _words_page(request, found.worker, again, back_url=url, concern=now, status=409, **page)
    except Invalid as refusal:
        form.add_error(refusal.field, refusal.message)
        return _words_page(request, found.worker, form, back_url=url, concern=found)
    except WrongState as refusal:
        if request.method != "POST":
            raise
        return conflict(request, what=refusal.message, url=url, forms=[form])
    messages.success(request, _("Saved. Only you can see it."))
    return redirect(url)


@require_http_methods(METHODS)
def throw_away(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Nobody was told: nothing is left of it."""
    found = concern_for(reader(request), pk)
    return step(
        request,
        found,
        VersionForm,
        lambda form: operations.throw_away(found, by=reader(request)),
        check=policy.check_can_throw_away,
        done=_("It is gone."),
        then=reverse("concerns:list"),
        title=_("Throw it away"),
        lead=_("Nobody was told of it. Its words are gone for good, with the key that opened them."),
        verb=_("Throw it away"),
    )


@require_http_methods(METHODS)
@second_press_shows(SHOWN)
def tell(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Record that the worker was told; from then on they read it here."""
    user = reader(request)
    found = concern_for(user, pk)
    encryption.unlock([found])
    kind = TellLateForm if found.is_shared else TellForm
    name = {"name": found.worker.called}

    def act(form: Any) -> Concern:
        data = form.cleaned_data
        return operations.tell(
            found,
            by=user,
            version=data["version"],
            spoke_on=data["spoke_on"],
            no_time=data.get("no_time", False),
            no_time_reason=data.get("no_time_reason", ""),
        )

    return step(
        request,
        found,
        lambda data: kind(data, initial={"version": found.version}),
        act,
        check=policy.check_can_tell,
        done=_("%(name)s can read it here now, and is told by e-mail that something waits.") % name,
        template="concerns/tell.html",
        title=_("%(name)s has been told") % name,
        lead=_("Speak with them first, in person if you can. Then record it here.")
        if not found.is_shared
        else _("It had to be shared before. Tell them as soon as you can, and record it here."),
        days=people.notice_days(found.arrangement),
        limit=steps.limit_of(found),
        verb=_("Record that they were told"),
    )


@require_http_methods(METHODS)
@second_press_shows(SHOWN)
def tell_again(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Record that the worker was told that it will now be shared."""
    user = reader(request)
    found = concern_for(user, pk)
    name = {"name": found.worker.called}
    return step(
        request,
        found,
        lambda data: VersionForm(data, initial={"version": found.version}),
        lambda form: operations.tell_again(found, by=user, version=form.cleaned_data["version"]),
        check=policy.check_can_tell_again,
        done=_("Recorded. Now you can share it."),
        title=_("%(name)s knows that it will now be shared") % name,
        lead=_("Tell them before you share it: with whom, and in which words. Then record that you did."),
        verb=_("Record that they know"),
    )


@require_http_methods(METHODS)
@second_press_shows(SHOWN)
def share(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Share it, in its turn."""
    user = reader(request)
    found = concern_for(user, pk)
    encryption.unlock([found])
    able = receivers.of(found)

    def act(form: ShareForm) -> Concern:
        data = form.cleaned_data
        return operations.share(
            found, by=user, receiver=form.chosen(), text=data["text"], version=data["version"]
        )

    return step(
        request,
        found,
        lambda data: ShareForm(data, receivers=able, initial=_first_share(found, able)),
        act,
        check=policy.check_can_share,
        template="concerns/share.html",
        done=_("Shared. %(name)s sees what was shared, and with whom.") % {"name": found.worker.called},
        title=_("Share the concern"),
        lead=_("Only the concern goes: not a session, not anybody’s notes."),
        limit=steps.limit_of(found),
        nobody=not able,
        verb=_("Share it"),
    )


def _first_share(found: Concern, able: list[receivers.Receiver]) -> dict[str, Any]:
    first = str(able[0].person.pk) if able and not able[0].instead else ""
    return {"version": found.version, "text": found.text, "receiver": first}


@require_http_methods(METHODS)
@second_press_shows(SHOWN)
def share_out_of_order(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Share it before its turn, for safety or the law."""
    user = reader(request)
    found = concern_for(user, pk)
    encryption.unlock([found])
    able = receivers.of(found)

    def act(form: ShareOutOfOrderForm) -> Concern:
        data = form.cleaned_data
        return operations.share_out_of_order(
            found,
            by=user,
            receiver=form.chosen(),
            text=data["text"],
            reason=data["reason"],
            version=data["version"],
        )

    return step(
        request,
        found,
        lambda data: ShareOutOfOrderForm(data, receivers=able, initial=_first_share(found, able)),
        act,
        check=policy.check_can_share_out_of_order,
        template="concerns/share.html",
        done=_("Shared, out of order.")
        if found.is_told
        else _("Shared, out of order. Tell %(name)s as soon as you can.") % {"name": found.worker.called},
        title=_("Share it now, out of order"),
        lead=_("Only where safety or the law leaves no time for the steps before. %(name)s reads why.")
        % {"name": found.worker.called},
        limit=steps.limit_of(found),
        nobody=not able,
        is_out_of_order=True,
        verb=_("Share it out of order"),
    )


@require_http_methods(METHODS)
@second_press_shows(SHOWN)
def report(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Record an emergency call or a report by law that was made outside."""
    user = reader(request)
    found = concern_for(user, pk)

    def act(form: ReportForm) -> Any:
        data = form.cleaned_data
        return operations.add_report(
            found,
            by=user,
            happened_at=form.happened_at(),
            to_whom=data["to_whom"],
            reason=data["reason"],
            key=data["key"],
        )

    return step(
        request,
        found,
        lambda data: ReportForm(data, initial={"key": uuid.uuid4()}),
        act,
        check=policy.check_can_add_report,
        done=_("Recorded."),
        title=_("A call or a report was made outside"),
        lead=_(
            "An emergency call or a report by law never waits for anything here. Make it first, and record it afterwards."
        ),
        verb=_("Record it"),
    )


@require_http_methods(METHODS)
@second_press_shows(SHOWN)
def accept(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """It ends: the worker raised it."""
    user = reader(request)
    found = concern_for(user, pk)
    name = {"name": found.worker.called}
    return step(
        request,
        found,
        lambda data: VersionForm(data, initial={"version": found.version}),
        lambda form: operations.accept(found, by=user),
        check=policy.check_can_accept,
        done=_("Ended. %(name)s is told.") % name,
        title=_("%(name)s raised it") % name,
        lead=_("You take their word, and this ends here. Nobody is told of it who does not know already."),
        verb=_("End it"),
    )


@require_http_methods(METHODS)
@second_press_shows(SHOWN)
def withdraw(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """It is not taken further."""
    user = reader(request)
    found = concern_for(user, pk)
    reads = _("%(worker)s and %(receiver)s read it.") if found.is_shared else _("%(worker)s reads it.")
    names = {
        "worker": found.worker.called,
        "receiver": found.shared_with.called if found.shared_with is not None else "",
    }
    return step(
        request,
        found,
        lambda data: ReasonForm(
            data, label=_("Why"), hint=reads % names, required=_("Say why. %(worker)s reads it.") % names
        ),
        lambda form: operations.withdraw(found, by=user, reason=form.cleaned_data["reason"]),
        check=policy.check_can_withdraw,
        done=_("Withdrawn."),
        title=_("Withdraw it"),
        lead=_("It is not taken further. What was written stays as it is."),
        verb=_("Withdraw it"),
    )
