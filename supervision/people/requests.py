"""The request of somebody who is signed in, for views behind the middleware that lets nobody else through."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from supervision.pages.prepared import prepared
from supervision.records import typed

from . import policy
from .models import User


class PersonRequest(HttpRequest):
    """Only a type: views that need somebody signed in take it, so that their `user` is a person."""

    user: User


def reader(request: HttpRequest) -> User:
    """The signed-in person. The middleware lets nobody else get here."""
    user: Any = request.user
    return user


def person_for(user: User, pk: uuid.UUID) -> User:
    """Somebody whose name and place `user` may look up. Raises Http404."""
    found = User.objects.filter(pk=pk) if user.is_administrator else _around(user, pk)
    for person in found:
        return person
    raise Http404


@prepared
def _around(user: User, pk: uuid.UUID) -> QuerySet[User]:
    return User.objects.around(user).filter(pk=pk)


def limits_first(request: HttpRequest, about: str, *, known: bool | None = None) -> HttpResponse | None:
    """Where to go when this person has not acknowledged the limits yet; None when they have (D 2.100).

    What they typed is kept under `about`, for when they come back. `known` saves the question where it is answered.
    """
    if policy.has_acknowledged(reader(request)) if known is None else known:
        return None
    back = request.get_full_path()
    if request.method == "POST":
        typed.keep(request, about)
        back = typed.with_kept(back)
    messages.info(
        request, _("Before your first session, please read what stays private and where that ends.")
    )
    return redirect(f"{reverse('people:limits')}?{urlencode({'next': back})}")
