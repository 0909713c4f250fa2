"""What is yours: a portfolio, everything held about you or who has seen what of it, asked for, made in the background, and downloaded."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from supervision.notes.models import Note
from supervision.pages.forms import PlainForm, posted, render_form
from supervision.people.models import User
from supervision.people.requests import reader
from supervision.records import audit, encryption, typed
from supervision.records.errors import Invalid, WrongState

from .. import archive, operations, policy
from ..forms import OpeningsForm, PortfolioForm, initial, initial_openings
from ..models import Export

get_and_post = require_http_methods(["GET", "HEAD", "POST"])
MOST_NOTES = 200  # to choose from; the newest
MOST_YEARS = 12


@require_safe
def own_files(request: HttpRequest) -> HttpResponse:
    """What was made, and what can be."""
    user = reader(request)
    exports = Export.objects.of(user).without_files()
    return render(request, "portfolio/list.html", {"exports": exports})


@get_and_post
def ask(request: HttpRequest) -> HttpResponse:
    """Choose what goes into the portfolio."""
    url = reverse("portfolio:ask")
    return asked(
        request,
        reader(request),
        "portfolio/ask.html",
        here=url,
        then=reverse("portfolio:list"),
        about="portfolio",
    )


def asked(
    request: HttpRequest, person: User, template: str, *, here: str, then: str, about: str = ""
) -> HttpResponse:
    """The form of a portfolio of this person's, for whoever shows that it is them.

    `about` is the name under which the form of somebody signed in is kept while they sign in again. Who comes with a link has
    none: another person may be signed in beside them.
    """
    kept = typed.kept(request, about) if about else None
    notes = list(Note.objects.of(person).order_by("-dated_at", "-id")[:MOST_NOTES])
    encryption.unlock(notes)
    form = PortfolioForm(
        posted(request) if kept is None else kept,
        notes=notes,
        initial=initial(operations.beginning_of(person)),
    )

    def make() -> object:
        given = form.cleaned_data
        return operations.ask_for_portfolio(
            by=person,
            first_day=given["first_day"],
            last_day=given["last_day"],
            parts=given["parts"],
            notes=form.chosen_notes,
            key=given["key"],
        )

    if sent := _sent(request, form, make, here=here, then=then, about=about):
        return sent
    context = {"form": form, "back_url": then}
    return render_form(request, template, context, invalid=request.method == "POST")


def _sent(
    request: HttpRequest, form: PlainForm, make: Callable[[], object], *, here: str, then: str, about: str
) -> HttpResponse | None:
    """The answer to a form that could be taken: on to the list, or first to the sign-in. None where the form is shown (again)."""
    if request.method != "POST" or not form.is_valid():
        return None
    if about and (again := typed.sign_in_again(request, about, here)):
        return again
    try:
        make()
    except Invalid as refusal:
        form.add_error(refusal.field, refusal.message)
    except WrongState as refusal:
        form.add_error(None, refusal.message)
    else:
        if about:
            typed.forget(request, about)
        messages.success(request, _("It is being prepared. It will be here in a moment."))
        return redirect(then)
    return None


@get_and_post
def openings(request: HttpRequest) -> HttpResponse:
    """Choose of which days to have who has seen what about oneself, as a file."""
    here, then = reverse("portfolio:openings"), reverse("portfolio:list")
    return openings_asked(request, reader(request), here=here, then=then, about="openings")


def openings_asked(
    request: HttpRequest,
    person: User,
    *,
    here: str,
    then: str,
    about: str = "",
    frame: str = "base.html",
) -> HttpResponse:
    """The form of days, as `asked` for a portfolio."""
    kept = typed.kept(request, about) if about else None
    form = OpeningsForm(
        posted(request) if kept is None else kept,
        initial=initial_openings(request.GET),
    )

    def make() -> object:
        given = form.cleaned_data
        return operations.ask_for_openings(
            by=person, first_day=given["first_day"], last_day=given["last_day"], key=given["key"]
        )

    if sent := _sent(request, form, make, here=here, then=then, about=about):
        return sent
    context = {"form": form, "back_url": then, "frame": frame, "years": _years(person)}
    return render_form(request, "portfolio/openings.html", context, invalid=request.method == "POST")


def _years(person: User) -> list[dict[str, str]]:
    """Whole years to choose from, this one first as far as it is over."""
    today = timezone.localdate()
    oldest = max(operations.beginning_of(person).year, today.year - MOST_YEARS)
    return [
        {
            "year": str(year),
            "first_day": f"{year}-01-01",
            "last_day": f"{min(today, datetime.date(year, 12, 31))}",
        }
        for year in range(today.year, oldest - 1, -1)
    ]


@get_and_post
def everything(request: HttpRequest) -> HttpResponse:
    """Asks first: what it is, and then makes it."""
    here, then = reverse("portfolio:everything"), reverse("portfolio:list")
    if request.method == "POST" and (again := typed.sign_in_again(request, "everything", here)):
        return again
    return everything_asked(request, reader(request), then=then)


def everything_asked(
    request: HttpRequest, person: User, *, then: str, frame: str = "base.html"
) -> HttpResponse:
    """The page that asks, and the answer to its button."""
    if request.method == "POST":
        try:
            operations.ask_for_everything(by=person, key=_key(request))
        except WrongState as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("It is being prepared. It will be here in a moment."))
        return redirect(then)
    context = {"key": uuid.uuid4(), "back_url": then, "frame": frame}
    return render(request, "portfolio/everything.html", context)


def _key(request: HttpRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return None


@require_safe
def pdf(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    return downloaded(reader(request), pk, "pdf")


@require_safe
def zipped(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    return downloaded(reader(request), pk, "archive")


def downloaded(person: User, pk: uuid.UUID, which: str) -> HttpResponse:
    """A file of this person's. Every download is in the access log."""
    export = get_object_or_404(Export.objects.of(person), pk=pk)
    policy.check_can_download(person, export)
    encryption.unlock([export])
    data: bytes = export.pdf if which == "pdf" else export.archive
    if not data:
        raise WrongState(_("There is no such file here."))
    audit.opened(person, export, why="owner", action="downloaded")
    kind = "application/pdf" if which == "pdf" else "application/zip"
    response = HttpResponse(data, content_type=kind)
    name = f"{export.kind}-{export.asked_at:%Y-%m-%d}.{'pdf' if which == 'pdf' else 'zip'}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["POST"])
def remove(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Not wanted any longer."""
    export = get_object_or_404(Export.objects.of(reader(request)).without_files(), pk=pk)
    operations.remove(export, by=reader(request))
    messages.success(request, _("Removed."))
    return redirect("portfolio:list")


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """How the data of a portfolio is built; it stands in every archive too."""
    return HttpResponse(archive.SCHEMA.read_bytes(), content_type="application/schema+json")
