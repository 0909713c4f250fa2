"""Credentials of one's own: those that the agency keeps, and those that one keeps oneself."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from supervision.pages.keyset import page_of
from supervision.people.models import Credential
from supervision.people.requests import reader
from supervision.records import encryption
from supervision.records.again import gone_mark, second_press_is_gone
from supervision.records.policy import explain
from supervision.records.typed import forget

from .. import operations, policy, sentences
from ..forms import EvidenceForm, OwnCredentialForm
from ..models import EvidenceFile
from .common import METHODS, Sheet, key_in, own_credential, written

TEMPLATE = "competencies/training/credential_form.html"


def _url_of(pk: uuid.UUID) -> str:
    return reverse("training:credential", args=[pk])


@require_safe
def credentials(request: HttpRequest) -> HttpResponse:
    """All of them, those last put into the list first, each with how it stands."""
    user = reader(request)
    rows = Credential.objects.of(user).select_related("renewed_as")
    page = page_of(rows, request.GET, date_field="listed_at")
    context = {
        "page": page,
        "rows": [_row(row) for row in page.items],
        "sees": sentences.sees_credentials(policy.managers_of(user)),
    }
    return render(request, "competencies/training/credentials.html", context)


def _row(credential: Credential) -> dict[str, Any]:
    renewed = getattr(credential, "renewed_as", None) is not None
    standing = sentences.standing(credential, timezone.localdate(), renewed=renewed)
    return {"credential": credential, "standing": standing}


@require_safe
def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One of one's own."""
    credential = own_credential(reader(request), pk)
    return page(request, credential, EvidenceForm(initial={"key": uuid.uuid4()}))


def page(
    request: HttpRequest, credential: Credential, form: EvidenceForm, *, status: int = 200
) -> HttpResponse:
    """The page of a credential, with the form that takes a file."""
    user = reader(request)
    evidence = list(EvidenceFile.objects.filter(credential=credential).defer("content"))
    for row in evidence:
        row.credential = credential
    encryption.unlock([credential])
    context = {
        **_row(credential),
        "renewed_as": getattr(credential, "renewed_as", None),
        "can_change": explain(policy.check_can_change_credential, user, credential),
        "sees": sentences.sees_credentials(policy.managers_of(user)),
        "evidence": [{"file": row, "small": sentences.size(row)} for row in evidence],
        "has_room": len(evidence) < policy.MOST_FILES,
        "form": form,
        "evidence_url": reverse("training:credential_evidence", args=[credential.pk]),
        "invalid": status == 422,
    }
    return render(request, "competencies/training/credential.html", context, status=status)


# Writing ------------------------------------------------------------------------------------------------------


@require_http_methods(METHODS)
def new(request: HttpRequest) -> HttpResponse:
    """One that the agency does not keep."""
    user = reader(request)

    def make(data: QueryDict | None) -> OwnCredentialForm:
        return OwnCredentialForm(data, initial={"key": uuid.uuid4(), "version": 0})

    def save(form: OwnCredentialForm) -> Credential:
        return operations.keep_credential(by=user, key=key_in(form), **form.facts)

    done = _("Saved. You can add a file that shows it.")
    context = {"sees": sentences.sees_credentials(policy.managers_of(user))}
    about = "competencies.credential.new"
    return written(request, Sheet(about, make, save, _url_of, TEMPLATE, True, done, context))


@require_http_methods(METHODS)
def renew(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The one that takes its place: an entry of its own, which begins with the same name and issuer."""
    user = reader(request)
    before = own_credential(user, pk)
    if request.method != "POST":
        policy.check_can_renew(user, before)

    def make(data: QueryDict | None) -> OwnCredentialForm:
        start = {"key": uuid.uuid4(), "version": 0, "name": before.name, "issuer": before.issuer}
        return OwnCredentialForm(data, initial=start)

    def save(form: OwnCredentialForm) -> Credential:
        return operations.renew(before, by=user, key=key_in(form), **form.facts)

    done = _("Saved. The one before waits for nothing any more. You can add a file that shows the new one.")
    context = {"before": before, "sees": sentences.sees_credentials(policy.managers_of(user))}
    about = f"competencies.credential.renewed:{pk}"
    return written(request, Sheet(about, make, save, _url_of, TEMPLATE, True, done, context))


@require_http_methods(METHODS)
def edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change one that one keeps oneself."""
    user = reader(request)
    credential = own_credential(user, pk)
    policy.check_can_change_credential(user, credential)

    def make(data: QueryDict | None) -> OwnCredentialForm:
        now = own_credential(user, pk)
        encryption.unlock([now])
        return OwnCredentialForm(data, initial=OwnCredentialForm.initial_of(now))

    def save(form: OwnCredentialForm) -> Credential:
        return operations.revise(credential, by=user, version=form.cleaned_data["version"], **form.facts)

    context = {"credential": credential, "sees": sentences.sees_credentials(policy.managers_of(user))}
    about = f"competencies.credential:{pk}"
    return written(request, Sheet(about, make, save, _url_of, TEMPLATE, False, _("Saved."), context))


# What becomes of it -------------------------------------------------------------------------------------------


@require_POST
def let_go(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """It is not renewed."""
    user = reader(request)
    operations.let_go(own_credential(user, pk), by=user)
    messages.success(request, _("It stays in your list, and nothing waits any more."))
    return redirect("training:credential", pk)


@require_POST
def take_up(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """It may be renewed after all."""
    user = reader(request)
    operations.take_up_again(own_credential(user, pk), by=user)
    messages.success(request, _("It comes up on your home page again when its last day is near."))
    return redirect("training:credential", pk)


@require_http_methods(METHODS)
@second_press_is_gone
def remove(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take one that one keeps oneself out of the list, after asking."""
    user = reader(request)
    credential = own_credential(user, pk)
    policy.check_can_change_credential(user, credential)
    if request.method == "POST":
        operations.remove_credential(credential, by=user)
        for about in (f"competencies.credential:{pk}", f"competencies.credential.renewed:{pk}"):
            forget(request, about)
        messages.success(request, _("Removed from your credentials."))
        return redirect("training:credentials")
    context = {
        "title": _("Remove this credential?"),
        "text": _("“%(name)s” goes for good, with its number and its files (%(count)s).")
        % {"name": credential.name, "count": EvidenceFile.objects.filter(credential=credential).count()},
        "verb": _("Remove it for good"),
        "back_url": _url_of(pk),
        "back_label": _("The credential"),
        "cancel_url": _url_of(pk),
        "gone": gone_mark(user, pk, reverse("training:credentials")),
    }
    return render(request, "confirm_page.html", context)
