"""Pages of disclosures: for who entered one, the two who approve it, and everybody whose record it is once they were told."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from supervision.pages.forms import posted, render_form
from supervision.pages.keyset import page_of
from supervision.pages.responses import conflict
from supervision.pages.sight import line
from supervision.people.models import User
from supervision.people.requests import reader
from supervision.records import audit, encryption, typed
from supervision.records.errors import AlreadyDone, Invalid, NotFound, WrongState
from supervision.records.policy import explain

from . import operations, policy, scope
from .forms import EnterForm, NoForm, ReasonForm, WaitForm, first_values
from .models import Disclosure

get_and_post = require_http_methods(["GET", "HEAD", "POST"])
RELATED = (
    "entered_by",
    "person",
    "approver",
    "second_approver",
    "told_by",
    "exported_by",
    "ended_by",
    "waiting_by",
)


def _found(request: HttpRequest, pk: uuid.UUID) -> tuple[User, Disclosure]:
    """For whoever may know of it; for all others it does not exist."""
    user = reader(request)
    row = Disclosure.objects.visible_to(user).select_related(*RELATED).filter(pk=pk).first()
    if row is None:
        raise NotFound(_("There is no such page."))
    encryption.unlock([row])
    return user, row


def _inside(request: HttpRequest, pk: uuid.UUID) -> tuple[User, Disclosure]:
    """For the three who have something to do in it."""
    user, row = _found(request, pk)
    if not _is_one_of_the_three(user, row):
        raise NotFound(_("There is no such page."))
    return user, row


def _is_one_of_the_three(user: User, row: Disclosure) -> bool:
    return user.pk in (row.entered_by_id, row.approver_id, row.second_approver_id)


@require_safe
def disclosures(request: HttpRequest) -> HttpResponse:
    """Those that this person entered, approves, or was told of."""
    user = reader(request)
    rows = Disclosure.objects.visible_to(user).select_related("person", "entered_by")
    page = page_of(rows, request.GET, date_field="entered_at")
    context = {
        "page": page,
        "rows": page.items,
        "waiting": set(Disclosure.objects.waiting_for(user).values_list("pk", flat=True)),
        "can_enter": user.is_administrator or user.roles.program_manager,
    }
    return render(request, "disclosure/list.html", context)


@get_and_post
def enter(request: HttpRequest) -> HttpResponse:
    """Enter what is asked. Reads no record."""
    user = reader(request)
    policy.check_can_enter(user)
    form = EnterForm(posted(request), user=user, initial=first_values())
    back = reverse("disclosure:list")
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.enter(form.asked(), by=user, key=form.cleaned_data["key"])
        except Invalid as refusal:
            form.add_error(refusal.field, refusal.message)
        except WrongState as refusal:
            return conflict(request, what=refusal.message, url=back, forms=[form])
        else:
            messages.success(request, _("Entered. The two whom you named are told."))
            return redirect("disclosure:detail", made.pk)
    context = {"form": form, "back_url": back}
    return render_form(request, "disclosure/enter.html", context, invalid=request.method == "POST")


@require_safe
def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What is asked, on what it rests, how it stands. The three see which records log facts know of; those concerned what is theirs."""
    user, row = _found(request, pk)
    if user.pk != row.entered_by_id:
        audit.opened(user, row, why="asked")
    is_inside = _is_one_of_the_three(user, row)
    records = _shown(user, row, is_inside=is_inside)
    whole = is_inside or user.pk == row.person_id
    shown = scope.kinds_of(row) if whole else {one.kind for one in records}
    kinds = dict(Disclosure.Kind.choices)
    context = {
        "disclosure": row,
        "is_inside": is_inside,
        "kinds": [str(kinds[kind]) for kind in row.kinds if kind in shown],
        "with_notes": scope.NOTES in shown,
        "whole": whole,
        "records": [
            {"kind": kinds.get(one.kind, _("Private notes")), "day": one.day, "people": _names(one.people)}
            for one in records
        ],
        "unknown": [str(kinds[kind]) for kind in row.kinds if not scope.OF[kind].known] if is_inside else [],
    }
    for name in ("approve", "tell", "wait", "export", "end"):
        context[f"can_{name}"] = (
            explain(getattr(policy, f"check_can_{name}"), user, row) if is_inside else None
        )
    return render(request, "disclosure/detail.html", context)


def _shown(user: User, row: Disclosure, *, is_inside: bool) -> list[scope.Found]:
    """The three see those that log facts know of; whoever was told, those that are theirs, too."""
    found = scope.records_in(row)
    if is_inside:
        return [one for one in found if scope.OF[one.kind].known]
    return [one for one in found if user.pk in one.people]


def _names(people: frozenset[uuid.UUID]) -> list[str]:
    return list(User.objects.filter(pk__in=people).order_by("name").values_list("name", flat=True))


def _step(
    request: HttpRequest,
    pk: uuid.UUID,
    make: Callable[[Any], Any],
    act: Callable[[Disclosure, User, Any], object],
    *,
    done: str,
    **page: Any,
) -> HttpResponse:
    """One step on a page of its own."""
    user, row = _inside(request, pk)
    back = reverse("disclosure:detail", args=[pk])
    form = make(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            act(row, user, form.cleaned_data)
        except AlreadyDone as refusal:
            messages.info(request, refusal.message)
            return redirect(back)
        except Invalid as refusal:
            form.add_error(refusal.field, refusal.message)
        except WrongState as refusal:
            return conflict(request, what=refusal.message, url=back, forms=[form])
        else:
            messages.success(request, done)
            return redirect(back)
    context = {"form": form, "back_url": back, "back_label": _("The disclosure"), "cancel_url": back, **page}
    context["sees"] = line("disclosure.words")
    return render_form(
        request, "confirm_page.html", context | {"cancel_label": _("Not now")}, invalid=bool(form.errors)
    )


@get_and_post
def approve(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    return _step(
        request,
        pk,
        NoForm,
        lambda row, user, _data: operations.approve(row, by=user),
        done=_("Approved."),
        title=_("Approve exactly this"),
        text=_(
            "You have looked at the paper, and it asks for these records of this person in these days, and no others."
        ),
        verb=_("Approve it"),
    )


@get_and_post
def tell(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    return _step(
        request,
        pk,
        NoForm,
        lambda row, user, _data: operations.tell(row, by=user),
        done=_("They are told."),
        title=_("Tell those whose records these are"),
        text=_(
            "Everybody who is party to a record in it gets an e-mail and reads here who asked, on what it rests and for what."
        ),
        verb=_("Tell them now"),
    )


@get_and_post
def wait(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    return _step(
        request,
        pk,
        WaitForm,
        lambda row, user, data: operations.wait(row, by=user, **data),
        done=_("Recorded. It comes back to you on that day."),
        title=_("Telling them has to wait"),
        text=_("Only where a law forbids it now. They read this once they are told."),
        verb=_("Record it"),
    )


@get_and_post
def end(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    return _step(
        request,
        pk,
        ReasonForm,
        lambda row, user, data: operations.end(row, by=user, **data),
        done=_("Ended. Nothing was handed over."),
        title=_("Refuse it, or take it back"),
        text=_("Nothing is handed over. What else is asked for is entered anew."),
        verb=_("End it"),
    )


@get_and_post
def export(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Hand it over, once: the archive comes with this answer and is kept nowhere."""
    user, row = _inside(request, pk)
    here, back = reverse("disclosure:export", args=[pk]), reverse("disclosure:detail", args=[pk])
    policy.check_can_export(user, row)
    if request.method != "POST":
        context = {
            "title": _("Hand it over"),
            "text": _(
                "The archive is made once and kept nowhere: save it where the paper says. Every record in it is in the access log."
            ),
            "verb": _("Make the archive"),
            "back_url": back,
            "back_label": _("The disclosure"),
            "cancel_url": back,
            "cancel_label": _("Not now"),
        }
        return render(request, "confirm_page.html", context)
    if again := typed.sign_in_again(request, f"disclosure.export:{pk}", here):
        return again
    data = operations.export(row, by=user)
    response = HttpResponse(data, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="disclosure-{str(pk)[:8]}.zip"'
    response["Cache-Control"] = "no-store"
    return response
