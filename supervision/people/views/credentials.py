"""The credentials that a person holds: kept by administrators."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from supervision.pages.forms import render_form
from supervision.pages.sight import line
from supervision.records import audit

from .. import operations, policy
from ..forms import CredentialForm
from ..models import Credential
from ..requests import PersonRequest
from .accounts import confirmed, get_or_post, person_or_404
from .answers import attempt


@get_or_post
def credential_add(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    person = person_or_404(request, pk)
    return _credential(request, person, None)


@get_or_post
def credential_edit(request: PersonRequest, pk: uuid.UUID, credential_pk: uuid.UUID) -> HttpResponse:
    person = person_or_404(request, pk)
    row = get_object_or_404(Credential.objects.visible_to(request.user), pk=credential_pk, person=person)
    return _credential(request, person, row)


def _credential(request: PersonRequest, person: Any, row: Credential | None) -> HttpResponse:
    policy.check_can_keep_credential(request.user, row)
    if row is not None and person.pk != request.user.pk:  # its number is no fact that everybody reads
        audit.opened(request.user, row, why="administrator")
    names = ["name", "number", "issuer", "issued_on", "expires_on"]
    form = CredentialForm(request.POST or None, initial={name: getattr(row, name, None) for name in names})
    here = reverse("people:detail", args=[person.pk])

    def save() -> HttpResponse:
        operations.save_credential(person, by=request.user, credential=row, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect(here)

    if answer := attempt(request, form, save, here=here):
        return answer
    remove_url = reverse("people:credential_remove", args=[person.pk, row.pk]) if row else ""
    context = {
        "form": form,
        "title": _("Credential of %(name)s") % {"name": person.name},
        "back_url": here,
        "back_label": person.name,
        "submit_label": _("Save"),
        "remove_url": remove_url,
        "remove_label": _("Take it off the list"),
        "sees": line("training.kept", name=person.name),
    }
    return render_form(request, "people/form.html", context, invalid=request.method == "POST")


@get_or_post
def credential_remove(request: PersonRequest, pk: uuid.UUID, credential_pk: uuid.UUID) -> HttpResponse:
    person = person_or_404(request, pk)
    row = Credential.objects.visible_to(request.user).filter(pk=credential_pk, person=person).first()
    policy.check_can_keep_credential(request.user, row)

    def remove() -> None:
        if row is not None:
            operations.remove_credential(row, by=request.user)

    return confirmed(
        request,
        person,
        lambda: None,
        remove,
        title=_("Take this credential off the list"),
        text=row.name if row else _("It is gone already."),
        verb=_("Take it off"),
        done=_("Taken off the list."),
    )
