"""Pages of one's own notes. Whoever is not their author, nor the one a note is shared with, gets 404 everywhere."""

from __future__ import annotations

import datetime
import uuid
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from supervision.pages import words
from supervision.pages.forms import posted, render_form
from supervision.pages.keyset import page_of
from supervision.pages.responses import conflict
from supervision.pages.sight import line
from supervision.people.models import User
from supervision.records import audit, drafts, encryption
from supervision.records.again import second_press_shows
from supervision.records.errors import AlreadyDone, Invalid, NotFound, Stale
from supervision.records.subjects import Subject, Subjects
from supervision.records.typed import begun, forget, kept_or_left, words_sent

from . import finding, operations, policy
from .forms import FindForm, NoteForm, ShareForm
from .models import DAYS_TO_BRING_BACK, Note
from .sentences import about_words

NEW = "notes.new"
SHOWN_AT_ONCE = 3


def _reader(request: HttpRequest) -> User:
    """The signed-in person. The middleware lets nobody else get here."""
    user: Any = request.user
    return user


def _own(user: User, pk: uuid.UUID) -> Note:
    """A note of this person's own, also one they deleted and can bring back. Raises NotFound."""
    mine = Note.objects.of(user) | Note.objects.deleted_by(user)
    found = mine.select_related("shared_with").filter(pk=pk).first()
    if found is None:
        raise policy.no_such_note()
    return found


# Lists --------------------------------------------------------------------------------------------------------


@require_safe
def notes(request: HttpRequest) -> HttpResponse:
    """One's own, newest first; only one kind, or only those with certain words in them, when they ask for that."""
    user = _reader(request)
    kind = request.GET.get("kind", "")
    kind = kind if kind in Note.Kind.values else ""
    looked_for = finding.looked_for(user) if "found" in request.GET else ""
    mine = Note.objects.of(user).select_related("shared_with")
    page = finding.page_of_notes(mine.filter(kind=kind) if kind else mine, request.GET, looked_for)
    is_first = not (kind or looked_for or "at" in request.GET)
    rows = [_row(note) for note in page.items]
    context = {
        "page": page,
        "rows": rows,
        "alone": [row for row in rows if row["note"].shared_with is None],
        "with_one": [row for row in rows if row["note"].shared_with is not None],
        "form": FindForm(initial={"words": looked_for, "kind": kind}),
        "looked_for": looked_for,
        "is_filtered": bool(kind or looked_for),
        "unsaved": _unsaved(user) if is_first else [],
        "shared": list(_shared_with(user)[:SHOWN_AT_ONCE]),
        "days": DAYS_TO_BRING_BACK,
    }
    return render(request, "notes/list.html", context)


def _row(note: Note) -> dict[str, Any]:
    return {"note": note, "about": about_words(note.about_kind, note.about_day, note.about_names)}


def _unsaved(user: User) -> list[dict[str, Any]]:
    """What this person typed into a note and did not save, with the way back to it."""
    found = drafts.all_kept(user, "notes.")
    edited = {about: pk for about, _at in found if (pk := _id_in(about))}
    there = (
        set(Note.objects.of(user).filter(pk__in=edited.values()).values_list("pk", flat=True))
        if edited
        else set()
    )
    rows = []
    for about, at in found:
        if about in edited and edited[about] in there:
            rows.append({"at": at, "url": reverse("notes:edit", args=[edited[about]])})
        elif about.startswith(NEW):
            kind, _colon, subject = about.removeprefix(NEW).removeprefix(":").partition(":")
            query = f"?{urlencode({kind: subject})}" if kind else ""
            rows.append({"at": at, "url": f"{reverse('notes:add')}{query}"})
    return rows


def _id_in(about: str) -> uuid.UUID | None:
    start = operations.draft_of("")
    return uuid.UUID(about.removeprefix(start)) if about.startswith(start) else None


@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """Look for words, or show one kind: leads to the list. The words are kept for this person, not put into an address."""
    user, form = _reader(request), FindForm(request.POST)
    if not form.is_valid():
        context = {"form": form, "rows": [], "page": None, "is_filtered": True}
        return render_form(request, "notes/list.html", context, invalid=True)
    looked_for, kind = form.cleaned_data["words"], form.cleaned_data["kind"]
    finding.look_for(user, looked_for)
    query = ({"kind": kind} if kind else {}) | ({"found": "1"} if looked_for else {})
    return redirect(f"{reverse('notes:list')}{'?' if query else ''}{urlencode(query)}")


def _shared_with(user: User) -> Any:
    return Note.objects.shared_with(user).select_related("author").order_by("-shared_at", "-id")


@require_safe
def shared(request: HttpRequest) -> HttpResponse:
    """What others share with this person: who and since when. The words are on the page of each, whose opening is logged."""
    rows = Note.objects.shared_with(_reader(request)).select_related("author")
    page = page_of(rows, request.GET, date_field="shared_at")
    return render(request, "notes/shared.html", {"page": page})


@require_safe
def deleted(request: HttpRequest) -> HttpResponse:
    """What this person deleted and can bring back."""
    page = page_of(Note.objects.deleted_by(_reader(request)), request.GET, date_field="deleted_at")
    encryption.unlock(page.items)
    return render(request, "notes/deleted.html", {"page": page, "days": DAYS_TO_BRING_BACK})


# One note -----------------------------------------------------------------------------------------------------


@require_safe
def detail(request: HttpRequest, pk: uuid.UUID, *, subjects: Subjects) -> HttpResponse:
    """A note for its author, or for the one person it is shared with."""
    user = _reader(request)
    theirs = Note.objects.shared_with(user).select_related("author").filter(pk=pk).first()
    if theirs is not None:
        audit.opened(user, theirs, why="shared with them")
        return render(request, "notes/read.html", {"note": theirs})
    note = _own(user, pk)
    if note.deleted_at is not None:
        messages.info(request, _("You deleted this note. You can bring it back from here."))
        return redirect("notes:deleted")
    subject = subjects.find(user, note.about_kind, note.about_id) if note.about_id else None
    context = {**_row(note), "about_url": subject.url if subject else ""}
    return render(request, "notes/detail.html", context)


# Writing ------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, *, subjects: Subjects) -> HttpResponse:
    """A new note, about one of one's own sessions or next steps when the address says so (`?session=<id>`, `?action=<id>`)."""
    user = _reader(request)
    subject = None
    for kind in Note.About.values:
        if kind in request.GET:
            subject = subjects.find(user, kind, request.GET[kind])
            if subject is None:
                raise NotFound
    return _write(request, None, subject, subjects)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: uuid.UUID, *, subjects: Subjects) -> HttpResponse:
    """Change a note of one's own."""
    note = _own(_reader(request), pk)
    if note.deleted_at is None:
        return _write(request, note, None, subjects)
    if request.method == "POST":
        return _came_too_late(request, NoteForm(request.POST, note=note))
    return redirect("notes:detail", pk)


def _write(
    request: HttpRequest, note: Note | None, subject: Subject | None, subjects: Subjects
) -> HttpResponse:
    user = _reader(request)
    about = operations.draft_of(note.pk) if note else f"{NEW}:{subject.key}" if subject else NEW
    if request.method != "POST":
        return _begin(request, note, subject, subjects, about)
    if (answer := kept_or_left(request, about)) is not None:
        return answer
    form = _form(user, note, subject, subjects, request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        stored = _save(user, note, form)
    except AlreadyDone:
        stored = Note.objects.get(pk=operations.id_of(user, form.cleaned_data["key"]))
    except Stale:
        return _both(request, form, subjects, about)
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return _page(request, form, status=422)
    forget(request, about)
    messages.success(request, _kept_words(stored))
    return redirect("notes:detail", stored.pk)


def _begin(
    request: HttpRequest, note: Note | None, subject: Subject | None, subjects: Subjects, about: str
) -> HttpResponse:
    """The form as it is kept, or with what this person typed here and did not save."""
    user = _reader(request)
    form, kept_at = begun(request, about, partial(_form, user, note, subject, subjects))
    return _page(request, form, kept_at=kept_at)


def _form(
    user: User, note: Note | None, subject: Subject | None, subjects: Subjects, data: QueryDict | None
) -> NoteForm:
    offered = subjects.recent(user)
    chosen = data.get("about", "") if data is not None else ""
    extra = [subject] if subject else []
    if chosen and chosen not in {one.key for one in (*offered, *extra)} and chosen != _about_of(note):
        kind, _colon, pk = chosen.partition(":")
        found = subjects.find(user, kind, pk)
        extra += [found] if found else []
    known = {one.key for one in extra}
    offered = [*extra, *(one for one in offered if one.key not in known)]
    if data is not None:
        return NoteForm(data, note=note, subjects=offered)
    return NoteForm(initial=_initial(note, subject), note=note, subjects=offered)


def _about_of(note: Note | None) -> str:
    return note.about_key if note else ""


def _initial(note: Note | None, subject: Subject | None) -> dict[str, Any]:
    if note is None:
        about = subject.key if subject else ""
        return {
            "key": uuid.uuid4(),
            "version": 0,
            "day": timezone.localdate(),
            "kind": "note",
            "about": about,
        }
    return {
        "version": note.version,
        "kind": note.kind,
        "day": note.day,
        "about": note.about_key,
        "title": note.title,
        "text": note.text,
    }


def _save(user: User, note: Note | None, form: NoteForm) -> Note:
    data = form.cleaned_data
    if note is not None:
        return operations.change(note, by=user, version=data["version"], written=form.written())
    key = data["key"] or uuid.uuid4()
    return operations.write(by=user, key=key, written=form.written())


def _kept_words(note: Note) -> str:
    if note.shared_with is None:
        return _("Saved. Only you can see it.")
    return _("Saved. %(name)s reads it as it is now.") % {"name": note.shared_with.name}


def _page(
    request: HttpRequest,
    form: NoteForm,
    *,
    status: int = 200,
    kept_at: datetime.datetime | None = None,
    saved: list[tuple[Any, str]] | None = None,
    is_stale: bool = False,
) -> HttpResponse:
    note = form.note
    context = {
        "form": form,
        "note": note,
        "shared_with": note.shared_with if note else None,
        "address": reverse("notes:edit", args=[note.pk]) if note else request.get_full_path(),
        "page": uuid.uuid4().hex,
        "kept_at": kept_at,
        "saved": saved or [],
        "is_stale": is_stale,
        "invalid": status == 422,
    }
    return render(request, "notes/form.html", context, status=status)


# Saved from another window meanwhile --------------------------------------------------------------------------


def _both(request: HttpRequest, form: NoteForm, subjects: Subjects, about: str) -> HttpResponse:
    """409: the form with everything typed, and beside it what is saved. Sending it again puts this in its place."""
    user = _reader(request)
    pk = form.note.pk if form.note else operations.id_of(user, form.cleaned_data["key"])
    now = _own(user, pk)
    if now.deleted_at is not None:
        return _came_too_late(request, form)
    if operations.says_the_same(now, form.written()):
        return redirect("notes:detail", now.pk)
    data = request.POST.copy()
    data["version"] = str(now.version)
    if form.note is None:  # from here on it is a change of the note that the other window made
        forget(request, about)
        drafts.keep(
            user, operations.draft_of(now.pk), {name: data.getlist(name) for name in words_sent(request)}
        )
    both = _form(user, now, None, subjects, data)
    both.is_valid()
    both.unchecked()
    return _page(request, both, status=409, is_stale=True, saved=_differing(now, both))


def _differing(now: Note, form: NoteForm) -> list[tuple[Any, str]]:
    """What is saved, field by field, where it is not what stands in the form."""
    about = about_words(now.about_kind, now.about_day, now.about_names)
    kept = {
        "kind": (now.kind, str(now.get_kind_display())),
        "day": (now.day.isoformat(), words.full_day(now.day)),
        "about": (now.about_key, about),
        "title": (now.title, now.title),
        "text": (now.text, now.text),
    }
    return [
        (form.fields[name].label, said)
        for name, (value, said) in kept.items()
        if value.split() != str(form.data.get(name, "")).split()
    ]


def _came_too_late(request: HttpRequest, form: NoteForm) -> HttpResponse:
    """409: the note was deleted from another window. What was typed is shown, to be copied."""
    return conflict(
        request,
        what=_("You deleted this note meanwhile. Bring it back to change it."),
        url=reverse("notes:deleted"),
        forms=[form],
    )


# Sharing ------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@second_press_shows("notes:detail")
def share(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Choose the one person who may read it."""
    user = _reader(request)
    note = _own(user, pk)
    policy.check_can_change(user, note)
    if note.shared_with is not None and request.method != "POST":
        return redirect("notes:detail", pk)
    people = list(policy.may_be_shared_with(user))
    form = ShareForm(posted(request), people=people)
    if request.method == "POST" and form.is_valid():
        person = form.cleaned_data["person"]
        try:
            operations.share(note, by=user, person=person)
        except Invalid as refusal:
            form.add_error("person", refusal.message)
        else:
            messages.success(
                request,
                _("Shared. %(name)s can read this note until you take it back.") % {"name": person.name},
            )
            return redirect("notes:detail", pk)
    context = {"form": form, "note": note, "people": people}
    return render_form(request, "notes/share.html", context, invalid=request.method == "POST")


@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """End the share, at once."""
    user = _reader(request)
    note = _own(user, pk)
    if request.method == "POST":
        operations.take_back(note, by=user)
        messages.success(request, _("Taken back. Only you can see this note now."))
    return redirect("notes:detail", pk)


# Deleting -----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Delete it, without asking: it can be brought back."""
    user = _reader(request)
    note = _own(user, pk)
    if request.method != "POST":
        return redirect("notes:detail", pk)
    gone = operations.delete(note, by=user)
    said = _("Deleted. Until %(day)s you can bring it back from “Deleted notes”.")
    messages.success(request, said % {"day": words.day(gone.gone_on)})
    return redirect("notes:list")


@require_http_methods(["GET", "HEAD", "POST"])
def bring_back(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    user = _reader(request)
    note = _own(user, pk)
    if request.method == "POST":
        operations.bring_back(note, by=user)
        messages.success(request, _("It is back. Only you can see it."))
    return redirect("notes:detail", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Remove a deleted note for good, after asking."""
    user = _reader(request)
    note = _own(user, pk)
    policy.check_can_remove(user, note)
    back = reverse("notes:deleted")
    if request.method == "POST":
        operations.remove(note, by=user)
        messages.success(request, _("Removed for good."))
        return redirect(back)
    context = {
        "title": _("Remove this note for good"),
        "text": _(
            "“%(heading)s” goes with the key that it was encrypted with, so nobody can bring it back. Copies in backups "
            "stay until the agency’s backups expire."
        )
        % {"heading": note.heading},
        "verb": _("Remove it for good"),
        "cancel_url": back,
        "back_url": back,
        "back_label": _("Deleted notes"),
        "sees": line("own.not_shared"),
    }
    return render(request, "confirm_page.html", context)
