"""The steps of the worker, of whom the worker named, and of whoever it was shared with."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from supervision.pages.sight import line
from supervision.people.models import User
from supervision.people.requests import reader
from supervision.records.again import second_press_shows
from supervision.records.errors import NotFound
from supervision.records.forms import ReasonForm

from .. import operations, policy
from ..forms import ConfirmForm, OutcomeForm, StatementForm, TakenForm, VersionForm, first_statement
from ..models import Concern
from .common import METHODS, NAMED, SHOWN, concern_for, step


@require_POST
@second_press_shows(SHOWN)
def seen(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The worker says that they have read it."""
    found = concern_for(reader(request), pk)
    operations.say_seen(found, by=reader(request))
    messages.success(request, _("Thank you. Nothing waits for it: your time goes on as it was."))
    return redirect(SHOWN, pk)


@require_http_methods(METHODS)
@second_press_shows(SHOWN)
def decline(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The worker will not, or cannot, take it further."""
    user = reader(request)
    found = concern_for(user, pk)
    name = {"name": found.raised_by.called}
    return step(
        request,
        found,
        lambda data: ReasonForm(
            data, label=_("Why, if you want to say"), hint=_("Only %(name)s and you read this.") % name
        ),
        lambda form: operations.decline(found, by=user, reason=form.cleaned_data["reason"]),
        check=policy.check_can_decline,
        done=_("%(name)s sees that. They tell you before it is shared.") % name,
        title=_("I won’t or can’t take it further myself"),
        lead=_(
            "Then %(name)s may share the concern without waiting for your time to end, and tells you before."
        )
        % name,
        verb=_("Say so"),
    )


@require_http_methods(METHODS)
@second_press_shows(SHOWN)
def taken(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The worker took it further themself."""
    user = reader(request)
    found = concern_for(user, pk)
    able = list(operations.can_be_named(found))
    return step(
        request,
        found,
        lambda data: TakenForm(data, people=able, initial={"on": timezone.localdate(), "may_ask": False}),
        lambda form: operations.say_taken(found, by=user, **form.given()),
        check=policy.check_can_say_taken,
        done=_("Recorded. %(name)s sees it.") % {"name": found.raised_by.called},
        title=_("I took it further myself"),
        lead=_("To your line manager, your own support team, or whoever your agreement names."),
        verb=_("Record it"),
    )


@require_http_methods(METHODS)
@second_press_shows(SHOWN)
def let_ask(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The worker agrees that whom they named is asked."""
    user = reader(request)
    found = concern_for(user, pk)
    name = {"name": found.taken_to.name if found.taken_to is not None else ""}
    return step(
        request,
        found,
        lambda data: VersionForm(data, initial={"version": found.version}),
        lambda form: operations.let_ask(found, by=user),
        check=policy.check_can_let_ask,
        done=_("%(name)s is asked whether it reached them.") % name,
        title=_("Let %(name)s be asked") % name,
        lead=_(
            "This tells %(name)s that there is a concern about your work, and who raised it. They don’t see what it says."
        )
        % name,
        verb=_("I know that, ask them"),
    )


@require_http_methods(METHODS)
@second_press_shows(lambda pk: reverse("concerns:list"))
def confirm(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Whom the worker named says whether it reached them. They see no words of it."""
    user = reader(request)
    found = _asked(user, pk)
    names = {"worker": found.worker.called, "raiser": found.raised_by.called}
    return step(
        request,
        found,
        ConfirmForm,
        lambda form: (operations.confirm if form.cleaned_data["reached"] else operations.say_not_reached)(
            found, by=user
        ),
        check=policy.check_can_confirm,
        done=_("Thank you. %(worker)s and %(raiser)s see your answer.") % names,
        then=reverse("concerns:list"),
        back=reverse("concerns:list"),
        title=_("Did %(worker)s bring a concern to you?") % names,
        lead=_(
            "%(raiser)s raised a concern in supervision, and %(worker)s says that they took it to you. They agreed that you are asked."
        )
        % names,
        sees=line("concern.confirming", **names),
        verb=_("Answer"),
    )


def _asked(user: User, pk: uuid.UUID) -> Concern:
    found = Concern.objects.asked_of(user).select_related(*NAMED).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such page."))
    return found


@require_http_methods(METHODS)
@second_press_shows(SHOWN)
def statement(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The worker's own words beside it."""
    user = reader(request)
    found = concern_for(user, pk)

    def act(form: StatementForm) -> Any:
        data = form.cleaned_data
        return operations.add_statement(
            found, by=user, text=data["text"], for_receiver=data["for_receiver"], key=data["key"]
        )

    return step(
        request,
        found,
        lambda data: StatementForm(data, initial=first_statement()),
        act,
        check=policy.check_can_add_statement,
        done=_("It stands beside the concern now."),
        title=_("Add your own words"),
        lead=_("They stand beside the concern, dated, and never change."),
        verb=_("Add them"),
    )


@require_http_methods(METHODS)
@second_press_shows(SHOWN)
def answer(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Whoever it was shared with records what came of it."""
    user = reader(request)
    found = concern_for(user, pk)
    return step(
        request,
        found,
        OutcomeForm,
        lambda form: operations.answer(found, by=user, outcome=form.cleaned_data["outcome"]),
        check=policy.check_can_answer,
        done=_("Recorded. With that it has ended."),
        title=_("What came of it"),
        lead=_("Speak with them first. What you record here ends the concern."),
        verb=_("Record it"),
    )


@require_http_methods(METHODS)
@second_press_shows(SHOWN)
def close(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The worker ends it, where whoever raised it has left."""
    user = reader(request)
    found = concern_for(user, pk)
    name = {"name": found.raised_by.called}
    return step(
        request,
        found,
        lambda data: VersionForm(data, initial={"version": found.version}),
        lambda form: operations.close(found, by=user),
        check=policy.check_can_close,
        done=_("Ended."),
        title=_("End this"),
        lead=_("%(name)s has left, so nobody takes it further. It stays here for you to read.") % name,
        verb=_("End it"),
    )
