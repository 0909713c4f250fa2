"""The agency's own frameworks: load a file, look at it, publish it; retire one; take one as a file. Administrators only."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from supervision.pages.forms import posted, render_form
from supervision.pages.responses import conflict
from supervision.pages.sight import line
from supervision.records.errors import AlreadyDone, Invalid, NotFound, WrongState

from .. import framework_file, operations
from ..forms import FrameworkFileForm
from ..models import Framework
from ..policy import check_can_keep_frameworks
from ..shape import of_data
from .common import reader, shown_content

get_and_post = require_http_methods(["GET", "HEAD", "POST"])


def _find(request: HttpRequest, pk: uuid.UUID) -> Framework:
    """The framework, for administrators. Everybody else is refused, whether it exists or not."""
    check_can_keep_frameworks(reader(request))
    return get_object_or_404(Framework, pk=pk)


def _url(name: str, framework: Framework) -> str:
    return reverse(f"competencies:{name}", args=[framework.pk])


def _page_of(framework: Framework) -> str:
    """Where to look at a framework: at what was loaded, otherwise at what is published."""
    return _url("framework" if framework.draft is None else "framework_draft", framework)


# Files in ----------------------------------------------------------------------------------------------------------


@get_and_post
def load(request: HttpRequest) -> HttpResponse:
    """A new framework of the agency's own, from a file."""
    check_can_keep_frameworks(reader(request))
    back = reverse("competencies:frameworks")

    def save(form: FrameworkFileForm) -> Framework:
        try:
            return operations.load(content=form.content, by=reader(request))
        except AlreadyDone as done:
            messages.info(request, done.message)
            return Framework.objects.get(key=form.content.key, is_shipped=False)

    lead = _(
        "Nobody else sees it before you publish it. A framework that is there already makes a good start: take it as a file."
    )
    return _load(request, save, title=_("Load a framework"), lead=lead, version=0, back=back)


@get_and_post
def load_again(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A corrected or newer file for one of the agency's own."""
    found = _find(request, pk)
    operations.check_can_be_loaded(found)

    def save(form: FrameworkFileForm) -> Framework:
        version = form.cleaned_data["version"]
        return operations.load_again(
            framework=found, content=form.content, version=version, by=reader(request)
        )

    lead = _("It takes the place of what was loaded and not published. Published versions stay as they are.")
    return _load(
        request, save, title=_("Load another file"), lead=lead, version=found.version, back=_page_of(found)
    )


def _load(
    request: HttpRequest,
    save: Callable[[FrameworkFileForm], Framework],
    *,
    title: str,
    lead: str,
    version: int,
    back: str,
) -> HttpResponse:
    files = request.FILES if request.method == "POST" else None
    form = FrameworkFileForm(posted(request), files, initial={"version": version})
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(_url("framework_draft", save(form)))
        except Invalid as refusal:
            form.add_error(refusal.field, refusal.message)
        except WrongState as refusal:
            return conflict(request, what=refusal.message, url=back)
    context = {"form": form, "title": title, "lead": lead, "back_url": back}
    return render_form(request, "competencies/frameworks/load.html", context, invalid=bool(form.errors))


@require_safe
def draft(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What was loaded, as everybody would read it, with what can be done with it."""
    found = _find(request, pk)
    if found.draft is None:
        return redirect(_url("framework", found))
    context = {"framework": found, **shown_content(of_data(found.draft))}
    return render(request, "competencies/frameworks/draft.html", context)


# Buttons -----------------------------------------------------------------------------------------------------------


@get_and_post
def publish(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    found = _find(request, pk)

    def write(version: int) -> str:
        operations.publish(framework=found, version=version, by=reader(request))
        messages.success(request, _("Published. Everybody can read it now."))
        return _url("framework", found)

    text = _(
        "Everybody can read it from then on. A published version never changes: what you want different later is the next one."
    )
    return _confirm(request, found, write, title=_("Publish “%(title)s”"), text=text, verb=_("Publish it"))


@get_and_post
def discard(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    found = _find(request, pk)

    def write(version: int) -> str:
        left = operations.discard(framework=found, version=version, by=reader(request))
        messages.success(request, _("Discarded."))
        return _url("framework", found) if left is not None else reverse("competencies:frameworks")

    text = _("What you loaded and did not publish is thrown away. Published versions stay.")
    return _confirm(
        request,
        found,
        write,
        title=_("Discard what was loaded of “%(title)s”"),
        text=text,
        verb=_("Discard it"),
    )


@get_and_post
def retire(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    found = _find(request, pk)

    def write(version: int) -> str:
        operations.retire(framework=found, version=version, by=reader(request))
        messages.success(request, _("Retired."))
        return _url("framework", found)

    text = _(
        "It leaves the list, and nothing is begun with it any more. What was made with it keeps it. You can bring it back."
    )
    return _confirm(request, found, write, title=_("Retire “%(title)s”"), text=text, verb=_("Retire it"))


@get_and_post
def bring_back(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    found = _find(request, pk)

    def write(version: int) -> str:
        operations.bring_back(framework=found, version=version, by=reader(request))
        messages.success(request, _("It is back."))
        return _url("framework", found)

    text = _("It is in the list again, and can be used.")
    return _confirm(
        request, found, write, title=_("Bring back “%(title)s”"), text=text, verb=_("Bring it back")
    )


def _confirm(
    request: HttpRequest, found: Framework, write: Callable[[int], str], **words: str
) -> HttpResponse:
    """A page that asks first; `write` is given the version that was on it, and says where to go then."""
    back = _page_of(found)
    if request.method == "POST":
        sent = request.POST.get("version", "")
        version = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else -1
        try:
            return redirect(write(version))
        except WrongState as refusal:
            return conflict(request, what=refusal.message, url=back)
    words["title"] %= {"title": _called(found)}
    context = {
        "version": found.version,
        "back_url": back,
        "back_label": _("The framework"),
        "cancel_url": back,
        "sees": line("framework.draft"),
    }
    return render(request, "confirm_page.html", context | {"cancel_label": _("Leave it as it is")} | words)


def _called(found: Framework) -> str:
    """What it is called where it is asked about: as it was loaded, otherwise as it was published last."""
    newest = found.versions.order_by("-number").values_list("title", flat=True).first()
    return found.draft["title"] if found.draft else newest or found.key


# Files out ---------------------------------------------------------------------------------------------------------


@require_safe
def file(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What was loaded, otherwise the newest version, as a file to start from or to correct."""
    found = _find(request, pk)
    newest = found.versions.order_by("-number").first()
    if found.draft is not None:
        content = of_data(found.draft)
    elif newest is not None:
        content = newest.body
    else:
        raise NotFound(_("There is no such framework."))
    response = HttpResponse(framework_file.write(content), content_type="application/toml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{content.key}.toml"'
    return response
