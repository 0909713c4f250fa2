"""What the views of agreements share: finding one for whoever may know of it, and pages that ask why."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.db.models import Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from supervision.pages.forms import PlainForm, render_form
from supervision.pages.prepared import prepared
from supervision.pages.responses import conflict
from supervision.people.models import User
from supervision.records import drafts, evidence
from supervision.records.errors import AlreadyDone, Invalid, WrongState
from supervision.records.typed import to_sign_in_again

from ..models import Agreement, AgreementQuerySet


class Request(HttpRequest):
    """A request of somebody who is signed in: the middleware lets nobody else through."""

    user: User


get_and_post = require_http_methods(["GET", "HEAD", "POST"])


def _known(user: User) -> AgreementQuerySet:
    known = Agreement.objects.known_to(user)
    return known.select_related(
        "arrangement__program", "arrangement__standing", "started_by", "ending__by", "edition"
    )


def find(request: Request, pk: uuid.UUID) -> Agreement:
    """The agreement, for those who may know that it exists; 404 for everybody else."""
    return get_object_or_404(_known(request.user), pk=pk)


def find_with_versions(request: Request, pk: uuid.UUID) -> tuple[Agreement, list[Agreement]]:
    """The agreement, as `find`, and all versions of the same arrangement that this person may read, newest first. One query."""
    known = _versions(request.user, pk)
    agreement = next((one for one in known if one.pk == pk), None)
    if agreement is None:
        raise Http404
    return agreement, [one for one in known if one.is_party or one.is_sealed]


@prepared
def _versions(user: User, pk: uuid.UUID) -> AgreementQuerySet:
    """The versions of the arrangement of this one that the person may know of, newest first."""
    arrangement = Agreement.objects.filter(pk=pk).values("arrangement_id")
    return _known(user).filter(arrangement=Subquery(arrangement)).order_by("-number")


def agency(request: Request) -> str:
    """The name of the agency, which the middleware loads with the person."""
    return getattr(request.user, "agency_name", "") or ""


def detail_url(agreement: Agreement) -> str:
    return reverse("agreements:detail", args=[agreement.pk])


def no_such_part(request: Request) -> HttpResponse:
    return render(request, "404.html", {"reason": _("There is no such part in this agreement.")}, status=404)


def number_sent(request: Request, name: str) -> int:
    """A whole number from the form, hidden there; -1 when it is missing or forged, which counts as an old one."""
    sent = request.POST.get(name, "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else -1


# Steps that count as much as a signature: whoever takes one has just shown that it is them (decision 8) ---------------


def _about(record: Any, step: str) -> str:
    return f"agreements.{step}:{record.pk}"


def typed_before(request: Request, record: Any, step: str) -> dict[str, Any]:
    """What somebody had typed when they were asked to sign in again."""
    found = drafts.kept(request.user, _about(record, step)) if request.method == "GET" else None
    return found[0] if found else {}


def forget_typed(request: Request, record: Any, step: str) -> None:
    drafts.forget(request.user, _about(record, step))


def sign_in_first(request: Request, record: Any, form: PlainForm, step: str) -> HttpResponse:
    """Keep what was typed, and ask who it is; `step` is also the name of the page to come back to."""
    drafts.keep(request.user, _about(record, step), {name: form[name].data for name in form.fields})
    return to_sign_in_again(request, reverse(f"agreements:{step}", args=[record.pk]))


def reason_page(
    request: Request,
    record: Any,
    form: PlainForm,
    write: Callable[[], None],
    words_: dict[str, Any],
    *,
    back: str,
    done: str = "",
    counts_as: str = "",
) -> HttpResponse:
    """A page of its own that names the thing, says what happens, and asks why.

    `back` is the address to go back to, `done` the one after it is written. `counts_as` a step that needs a fresh sign-in.
    """
    done = done or back
    if request.method == "POST" and form.is_valid():
        if counts_as and evidence.needs_to_sign_in_again(request):
            return sign_in_first(request, record, form, counts_as)
        try:
            write()
        except Invalid as refusal:
            form.add_error(refusal.field, refusal.message)
        except AlreadyDone:
            raise
        except WrongState as refusal:
            return conflict(request, what=refusal.message, url=done, forms=[form])
        else:
            forget_typed(request, record, counts_as)
            return redirect(done)
    context = {
        **words_,
        "form": form,
        "cancel_url": back,
        "back_url": back,
        "back_label": _("The agreement"),
    }
    return render_form(request, "agreements/reason.html", context, invalid=bool(form.errors))
