"""Beginning a record about somebody's work, writing it, sending it, and withdrawing it."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from supervision.guidance.shown import prompts_by_place
from supervision.pages.forms import posted, render_form
from supervision.pages.responses import conflict
from supervision.people import hints
from supervision.people.models import User
from supervision.people.requests import reader
from supervision.records import encryption
from supervision.records.again import second_press_shows
from supervision.records.answering import sending
from supervision.records.errors import Invalid, Stale, WrongState
from supervision.records.typed import begun, forget, kept_or_left, merged

from ...models import JobDescription, PerformanceNote
from .. import operations, policy
from ..forms import SendForm, StartForm, WriteForm, first_send
from ..parts import TITLES, fields_of, parts_of
from .common import METHODS, address, note_for, who_will_read
from .reading import draft_page

Kind = PerformanceNote.Kind
VERSIONS_OFFERED = 10


@require_http_methods(METHODS)
def start(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Choose what to write about somebody's work, and see who will read it."""
    user = reader(request)
    worker = get_object_or_404(User.objects.select_related("line_manager"), pk=pk)
    policy.check_can_start(user, worker)
    form = StartForm(posted(request), initial={"key": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = operations.start(worker, by=user, kind=data["kind"], key=data["key"])
        return redirect("performance:note_write", made.pk)
    context = {"form": form, "worker": worker, "sees": who_will_read(worker, user)}
    return render_form(request, "performance/note_start.html", context, invalid=bool(form.errors))


@require_POST
def follow(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Begin to write what came of a plan."""
    user = reader(request)
    plan = note_for(user, pk)
    made = operations.start(plan.worker, by=user, kind=Kind.RESULT, key=_key(request), plan=plan)
    return redirect("performance:note_write", made.pk)


def _key(request: HttpRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return None


@require_http_methods(METHODS)
def write(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Write it, as a draft of one's own."""
    user = reader(request)
    found = note_for(user, pk)
    about = f"performance.note:{pk}"
    try:
        policy.check_can_write(user, found)
    except WrongState as refusal:
        if request.method != "POST" or found.author_id != user.pk:
            raise
        late = _form(found, user, request.POST)
        return conflict(request, what=refusal.message, url=address("note", pk), forms=[late])
    if request.method != "POST":
        return _begin(request, found, about)
    if (answer := kept_or_left(request, about)) is not None:
        return answer
    form = _form(found, user, request.POST, later="later" in request.POST)
    if hints.silence_pressed(request, form):
        return _page(request, found, form)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        operations.write(found, by=user, written=form.written(), version=form.cleaned_data["version"])
    except Stale as refusal:
        form, saved = merged(request, form, partial(_form, found, user), about=about)
        return _page(request, found, form, status=409, stale=refusal.message, saved=saved)
    except WrongState as refusal:
        return conflict(request, what=refusal.message, url=address("note", pk), forms=[form])
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return _page(request, found, form, status=422)
    forget(request, about)
    if "later" in request.POST:
        messages.success(request, _("Draft saved. Only you can see it until you send it."))
    return redirect("performance:note", pk)


def _versions(found: PerformanceNote, user: User) -> list[JobDescription]:
    """The versions of the worker's job description that can be named: those the author may read, and the one named already."""
    rows = JobDescription.objects.visible_to(user).filter(person=found.worker_id).order_by("-number")
    versions = [one for one in rows.only("id", "number", "from_day", "person") if one.has_begun]
    return versions[:VERSIONS_OFFERED]


def _begin(request: HttpRequest, found: PerformanceNote, about: str) -> HttpResponse:
    """The form as it is saved, or with what this person typed here and did not save."""
    form, kept_at = begun(request, about, partial(_form, found, reader(request)))
    return _page(request, found, form, kept_at=kept_at)


def _form(found: PerformanceNote, user: User, data: QueryDict | None, *, later: bool = False) -> WriteForm:
    encryption.unlock([found])
    initial: dict[str, Any] = {name: getattr(found, name) for name in fields_of(found.kind)}
    if "description" in initial:
        initial["description"] = str(found.description_id or "")
    initial["version"] = found.version
    return WriteForm(data, initial=initial, note=found, versions=_versions(found, user), later=later)


def _page(
    request: HttpRequest,
    found: PerformanceNote,
    form: WriteForm,
    *,
    status: int = 200,
    kept_at: Any = None,
    stale: str = "",
    saved: Any = (),
) -> HttpResponse:
    hints.under(request, form)
    context = {
        "note": found,
        "title": TITLES[found.kind],
        "form": form,
        "parts": [part.field for part in parts_of(found.kind) if part.field in form.fields],
        "prompts": prompts_by_place(),
        "page": uuid.uuid4().hex,
        "kept_at": kept_at,
        "stale": stale,
        "saved": saved,
        "invalid": status == 422,
        "sees": who_will_read(found.worker, found.author, found),
    }
    return render(request, "performance/note_write.html", context, status=status)


@require_http_methods(METHODS)
def send(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Sign it and send it to those whom the page names."""
    user = reader(request)
    found = note_for(user, pk)
    url = address("note", pk)
    try:
        policy.check_can_write(user, found)
    except WrongState as refusal:
        if request.method != "POST":
            raise
        return conflict(request, what=refusal.message, url=url)
    return sending(
        request,
        found,
        operations.sign_and_send,
        form=lambda data=None: SendForm(data) if data is not None else first_send(found, _beside(found)),
        show=partial(draft_page, request, found),
        given=lambda data: {"version": data["version"], "reads": data["reads"]},
        about=f"performance.note_send:{pk}",
        url=url,
        done=_("Signed, and sent to %(name)s.") % {"name": found.worker.called},
    )


def _beside(found: PerformanceNote) -> User | None:
    return operations.reader_beside(found.worker, found.author)


@require_http_methods(METHODS)
@second_press_shows("performance:note")
def withdraw(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Throw a draft away; what was sent before stays as withdrawn."""
    user = reader(request)
    found = note_for(user, pk)
    policy.check_can_withdraw(user, found)
    known = found.first_sent_at is not None
    if request.method == "POST":
        left = operations.withdraw(found, by=user)
        forget(request, f"performance.note:{pk}")
        if left is None:
            messages.success(request, _("The draft is gone."))
            return redirect("performance:person", found.worker_id)
        messages.success(request, _("Withdrawn. %(name)s is told.") % {"name": found.worker.called})
        return redirect("performance:note", pk)
    context = {
        "title": _("Withdraw this") if known else _("Throw this draft away"),
        "text": _("It is not sent again. %(name)s and you still see that there was one, without its words.")
        % {"name": found.worker.called}
        if known
        else _("Nobody but you knows of it. What you wrote is gone for good."),
        "verb": _("Withdraw it") if known else _("Throw it away"),
        "cancel_url": address("note", pk),
        "back_url": address("note", pk),
        "back_label": _("The draft"),
    }
    return render(request, "confirm_page.html", context)
