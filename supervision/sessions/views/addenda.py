"""Adding to a sealed record."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from supervision.pages import words
from supervision.pages.forms import render_form
from supervision.pages.responses import conflict
from supervision.people.requests import limits_first, reader
from supervision.records import audit, encryption, snapshot
from supervision.records.again import second_press_shows
from supervision.records.errors import Invalid, Stale
from supervision.records.reasons import closing
from supervision.records.typed import forget, kept, sign_in_again, signature

from .. import operations, policy
from ..forms import AddendumForm, AnswerAddendumForm
from ..models import Addendum
from .find import addendum_for, session_for
from .planning import attending


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Write an addendum, sign it and offer it to the others."""
    user = reader(request)
    session = session_for(user, pk)
    policy.check_can_add_addendum(user, session)
    about = f"sessions.addendum:{pk}"
    back = kept(request, about)
    form = AddendumForm(request.POST if request.method == "POST" else back, initial={"key": uuid.uuid4()})
    if request.method != "POST" and back is not None:
        form.unchecked()
    if request.method == "POST" and form.is_valid():
        if (again := sign_in_again(request, about, request.path)) is not None:
            return again
        data = form.cleaned_data
        try:
            operations.add_addendum(
                session,
                by=user,
                reason=data["reason"],
                text=data["text"],
                evidence=signature(request, data["typed_name"]),
                key=data["key"],
            )
        except Invalid as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            forget(request, about)
            messages.success(request, _("Added to the record. The others are asked to read and sign it."))
            return redirect("sessions:detail", session.pk)
    context = {"form": form, "session": session, "names": words.join_names(attending(session, user))}
    return render_form(request, "sessions/addendum.html", context, invalid=request.method == "POST")


def _record_url(addendum: uuid.UUID) -> str:
    session = Addendum.objects.values_list("session_id", flat=True).get(pk=addendum)
    return reverse("sessions:detail", args=[session])


@require_http_methods(["GET", "HEAD", "POST"])
@second_press_shows(_record_url)
def sign(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Read an addendum; sign it, or say why not."""
    user = reader(request)
    addendum = addendum_for(user, pk)
    policy.check_can_answer_addendum(user, addendum)
    about = f"sessions.addendum_sign:{pk}"
    if (elsewhere := limits_first(request, about)) is not None:
        return elsewhere
    offered = addendum.open_offer
    assert offered is not None  # noqa: S101  the policy has looked
    back = kept(request, about)
    form = AnswerAddendumForm(
        request.POST if request.method == "POST" else back, initial={"seen": offered.digest}
    )
    if request.method != "POST" and back is not None:
        form.unchecked()
    if request.method == "POST" and form.is_valid():
        signs = request.POST.get("answer") != "decline"
        if not signs and not form.cleaned_data["statement"]:
            form.add_error(
                "statement", _("Say in your own words why you do not sign. It is kept beside the record.")
            )
        elif (again := sign_in_again(request, about, request.path)) is not None:
            return again
        else:
            response = _answer(request, addendum, form, signs=signs)
            if response is not None:
                forget(request, about)
                return response
    encryption.unlock([offered], [addendum])
    audit.opened(user, addendum, why="party")
    context = {
        "form": form,
        "addendum": addendum,
        "content": snapshot.read(offered.content),
        "session": addendum.session,
    }
    return render_form(request, "sessions/addendum_sign.html", context, invalid=request.method == "POST")


def _answer(
    request: HttpRequest, addendum: object, form: AnswerAddendumForm, *, signs: bool
) -> HttpResponse | None:
    data = form.cleaned_data
    found = addendum_for(reader(request), addendum.pk)  # type: ignore[attr-defined]
    try:
        operations.answer_addendum(
            found,
            by=reader(request),
            evidence=signature(request, data["typed_name"]),
            seen=data["seen"],
            sign=signs,
            statement=data["statement"] if signs else "",
            reason="" if signs else data["statement"],
        )
    except Stale as refusal:
        url = reverse("sessions:detail", args=[found.session_id])
        return conflict(request, what=refusal.message, url=url, forms=[form])
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return None
    messages.success(request, _("Signed.") if signs else _("Your answer is kept beside the addendum."))
    return redirect("sessions:detail", found.session_id)


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Seal an addendum with the signatures given."""
    user = reader(request)
    addendum = addendum_for(user, pk)
    policy.check_can_close_addendum(user, addendum)
    return closing(
        request,
        addendum,
        operations.close_addendum,
        about=f"sessions.addendum_close:{pk}",
        text=_(
            "The addendum is sealed as it is. Whoever has not answered is named as not having answered, never as "
            "having signed."
        ),
        url=_record_url(pk),
        back_label=_("The record"),
    )
