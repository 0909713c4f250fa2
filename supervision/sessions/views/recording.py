"""Writing the record: of a planned session, of a draft, or of a session that nobody had planned."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from supervision.pages import words
from supervision.pages.forms import all_valid, row_button_pressed
from supervision.pages.prepared import prepared
from supervision.pages.responses import conflict
from supervision.people import hints, limits
from supervision.people.models import Arrangement, Participation, User
from supervision.people.requests import limits_first, reader
from supervision.records import audit
from supervision.records.errors import Denied, DomainError, Invalid, NotFound, Stale, WrongState
from supervision.records.policy import explain
from supervision.records.typed import forget, kept_and_when, kept_or_left, sign_in_again, signature

from .. import local_time, operations, policy
from ..models import Session
from ..record_rows import initial_steps, initial_topics
from . import guiding
from .find import TAKING_PART, about_record, no_agreement, session_for
from .sheet import Sheet, add_rows, sheet_of
from .signing import sent_words

# Which session ------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def log(request: HttpRequest) -> HttpResponse:
    """Log a session: choose whom it was with; then its plan, or a fresh form when nobody had planned it."""
    user = reader(request)
    chosen = request.GET.get("arrangement", "")
    led = _led_by(user)
    if not led:
        raise Denied(_("Whoever supervises writes the record. You read it, answer it and sign it."))
    if (elsewhere := limits_first(request, about_record(chosen))) is not None:
        return elsewhere
    if not chosen:
        return render(request, "sessions/choose.html", {"rows": _choices(user, led)})
    arrangement = next((one for one in led if str(one.pk) == chosen), None)
    if arrangement is None:
        raise NotFound
    return _write(request, _fresh(arrangement, user), is_new=True)


def _led_by(user: User) -> list[Arrangement]:
    """The arrangements in which this person writes the records: those that run, and for a month those that they left or that have ended."""
    today = timezone.localdate()
    rows = _ran_lately(user, today, today - policy.WRITE_UP)
    return [one for one in rows if policy.may_lead(one, policy.part_of_writer(user, one))]


@prepared
def _ran_lately(user: User, today: datetime.date, since: datetime.date) -> QuerySet[Arrangement]:
    running = Q(ended_on__isnull=True) | Q(ended_on__gte=since)
    own = Participation.objects.filter(arrangement=OuterRef("pk"), person=user)
    return (
        Arrangement.objects.filter(running, Exists(own), started_on__lte=today)
        .select_related("program", "standing")
        .prefetch_related(TAKING_PART)
    )


def _choices(user: User, led: list[Arrangement]) -> list[dict[str, Any]]:
    """Each arrangement with the planned sessions that wait to be written up, and the record begun already."""
    waiting: dict[Any, list[Session]] = {}
    for session in _to_write_up(user, [one.pk for one in led], timezone.now() + policy.EARLY):
        waiting.setdefault(session.arrangement_id, []).append(session)
    found = [
        {
            "arrangement": one,
            "names": words.join_names(planning_names(one, user)),
            "sessions": waiting.get(one.pk, []),
            "url": f"{reverse('sessions:log')}?arrangement={one.pk}",
        }
        for one in led
    ]
    return sorted(found, key=lambda row: (not row["sessions"], row["names"]))


@prepared
def _to_write_up(user: User, led: list[uuid.UUID], until: datetime.datetime) -> QuerySet[Session]:
    """What is planned or begun in these arrangements: of each the day alone, for its link."""
    # Each kind by its state: the index of an arrangement's sessions has it, and the long history is passed over.
    planned = Q(state=Session.State.PLANNED)
    begun = Q(state=Session.State.HELD, recorder=user)
    rows = Session.objects.visible_to(user).filter(planned | begun, arrangement__in=led, starts_at__lte=until)
    return (
        rows.filter(sealed_at__isnull=True, open_offer__isnull=True)
        .only("state", "starts_at", "arrangement_id")
        .order_by("starts_at")
    )


def planning_names(arrangement: Arrangement, user: User) -> list[str]:
    day = policy.record_day(user, arrangement)
    return [
        row.person.name
        for row in arrangement.participations.all()
        if row.person_id != user.pk and row.joined_on <= day and (row.left_on is None or row.left_on >= day)
    ]


def _fresh(arrangement: Arrangement, user: User) -> Session:
    """A session that is not stored yet, for the form to start from."""
    standing = getattr(arrangement, "standing", None)
    minutes = standing.minutes_each if standing else 60
    now = timezone.now()
    now = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    return Session(
        arrangement=arrangement,
        structure=arrangement.structure,
        focus=arrangement.focus,
        starts_at=now - datetime.timedelta(minutes=minutes),
        minutes=minutes,
        time_zone=str(timezone.get_current_timezone()),
        planned_by=user,
        ad_hoc=False,
        version=0,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Write up a planned session, or go on with its draft."""
    user = reader(request)
    session = session_for(user, pk)
    try:
        policy.check_can_record(user, session)
    except (Denied, WrongState) as refusal:
        if request.method == "POST" and _may_have_been_writing(user, session):
            return _too_late(request, session, refusal)
        raise
    known = session.state != Session.State.PLANNED or getattr(session, "knows_limits", None)
    if (elsewhere := limits_first(request, about_record(pk), known=known)) is not None:
        return elsewhere
    return _write(request, session, is_new=False)


def _may_have_been_writing(user: User, session: Session) -> bool:
    if session.state == Session.State.HELD and session.recorder_id == user.pk:
        return True
    return policy.may_lead(session.arrangement, policy.part_of_writer(user, session.arrangement))


def _too_late(request: HttpRequest, session: Session, refusal: DomainError) -> HttpResponse:
    """The form arrived after the record was sent, or while somebody else writes it: nothing typed is lost."""
    sheet = sheet_of(request, session, request.POST, is_new=False)
    if all_valid(*sheet.parts):
        return _came_late(request, sheet, refusal, request.POST.get("send", ""))
    return conflict(
        request, what=refusal.message, url=reverse("sessions:detail", args=[session.pk]), forms=sheet.parts
    )


@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Throw a draft away, after asking."""
    user = reader(request)
    session = session_for(user, pk)
    policy.check_can_discard(user, session)
    if request.method == "POST":
        operations.discard(session, by=user)
        forget(request, about_record(pk))
        messages.success(
            request, _("The draft is gone. The session waits to be written up, or noted as not held.")
        )
        return redirect("sessions:detail", pk)
    back = reverse("sessions:detail", args=[pk])
    context = {
        "title": _("Throw this draft away"),
        "text": _(
            "What you wrote is removed for good; nobody else has seen it. The session and its agenda stay, as before you "
            "began to write."
        ),
        "verb": _("Throw it away"),
        "cancel_url": back,
        "cancel_label": _("Keep it"),
        "back_url": back,
        "back_label": _("The draft"),
    }
    return render(request, "confirm_page.html", context)


# The form -----------------------------------------------------------------------------------------------------


def _write(request: HttpRequest, session: Session, *, is_new: bool) -> HttpResponse:
    about = about_record(session.arrangement_id if is_new else session.pk)
    if request.method != "POST":
        return _begin(request, session, about, is_new=is_new)
    here = _own_address(request, session, is_new=is_new)
    if (answer := kept_or_left(request, about, url=here)) is not None:
        return answer
    sheet = sheet_of(request, session, request.POST, is_new=is_new)
    if row_button_pressed(request, *sheet.parts) or hints.silence_pressed(request, *sheet.parts):
        return _page(request, sheet)
    how = request.POST.get("send", "")
    if not all_valid(*sheet.parts):
        return _page(request, sheet, status=422)
    if how == "signed" and (again := _sign_in_again(request, sheet, about)) is not None:
        return again
    try:
        stored = _save(request, sheet, how)
    except (Stale, WrongState) as refusal:
        return _came_late(request, sheet, refusal, how)
    except Invalid as refusal:
        sheet.form.add_error(refusal.field if refusal.field in sheet.form.fields else None, refusal.message)
        return _page(request, sheet, status=422)
    forget(request, about)
    return _saved(request, stored, how)


def _begin(request: HttpRequest, session: Session, about: str, *, is_new: bool) -> HttpResponse:
    """The form as it is saved, or with what this person typed here and did not save."""
    found = kept_and_when(request, about) if is_new or getattr(session, "has_kept", True) else None
    sheet = sheet_of(request, session, found[0] if found else None, is_new=is_new)
    if found:
        for part in sheet.parts:
            part.unchecked()
    if session.state == Session.State.PLANNED and not is_new:
        audit.opened(reader(request), session, why="party")
    return _page(request, sheet, kept_at=found[1] if found else None)


def _own_address(request: HttpRequest, session: Session, *, is_new: bool) -> str:
    return f"{request.path}?arrangement={session.arrangement_id}" if is_new else request.path


def _sign_in_again(request: HttpRequest, sheet: Sheet, about: str) -> HttpResponse | None:
    return sign_in_again(request, about, _own_address(request, sheet.session, is_new=sheet.is_new))


def _save(request: HttpRequest, sheet: Sheet, how: str) -> Session:
    data = sheet.form.cleaned_data
    return operations.write_up(
        sheet.session.arrangement,
        by=reader(request),
        written=sheet.written(),
        session=None if sheet.is_new else sheet.session,
        version=data["version"],
        zone=sheet.session.time_zone,
        key=data["key"],
        then_send=bool(how),
        evidence=signature(request, data["typed_name"]) if how == "signed" else None,
    )


def _saved(request: HttpRequest, session: Session, how: str) -> HttpResponse:
    if how:
        messages.success(request, sent_words(session, reader(request)))
    else:
        messages.success(request, _("Draft saved. Only you can see it until you send it."))
    return redirect("sessions:detail", session.pk)


# Showing it ---------------------------------------------------------------------------------------------------


def _page(
    request: HttpRequest, sheet: Sheet, *, status: int = 200, meanwhile: list[str] | None = None, **more: Any
) -> HttpResponse:
    user, session = reader(request), sheet.session
    others = [row for row in sheet.form.attendees if row.person_id != user.pk]
    names = [row.person.called for row in others if row.attended or not sheet.is_new]
    has_left = policy.has_left(user, session.arrangement)
    context = {
        "session": session,
        "zone": local_time.zone_name(session.time_zone),
        "form": sheet.form,
        "agenda": sheet.agenda,
        "steps": sheet.steps,
        "names": words.join_names(names),
        "many": len(names) > 1,
        "number": 0 if has_left else _number(session),
        "is_new": sheet.is_new,
        "draft_url": _own_address(request, session, is_new=sheet.is_new),
        "page": uuid.uuid4().hex,
        "limits": [text for _key, text in limits.LIMITS],
        "limit_steps": limits.STEPS,
        "areas": AREAS,
        "prompts": guiding.beside(request, sheet),
        "no_agreement": None if has_left else no_agreement(session.arrangement),
        "invalid": status == 422,
        "meanwhile": meanwhile or [],
        "both": session.arrangement.focus == Arrangement.Focus.BOTH,
        **more,
    }
    return render(request, "sessions/record.html", context, status=status)


def _number(session: Session) -> int:
    """Which of their sessions this is."""
    standing = getattr(session.arrangement, "standing", None)
    return (standing.held_count if standing else 0) + (session.state == Session.State.PLANNED)


AREAS = (
    (
        gettext_lazy("Practice"),
        gettext_lazy("ethics and values, role and duties, time, confidentiality, documentation"),
    ),
    (gettext_lazy("The field"), gettext_lazy("what is new in peer support")),
    (gettext_lazy("Growth"), gettext_lazy("skills, and getting to useful resources")),
    (gettext_lazy("Relationships"), gettext_lazy("working and talking with co-workers and the wider team")),
    (
        gettext_lazy("What gets in the way or helps"),
        gettext_lazy("as far as it touches the work, and only as far as you both want"),
    ),
)


# Somebody was quicker -------------------------------------------------------------------------------------------


def _came_late(request: HttpRequest, sheet: Sheet, refusal: DomainError, how: str) -> HttpResponse:
    """The session changed after this form was opened. Nothing is overwritten and nothing typed is lost:

    the same form sent twice simply goes on; a changed agenda or draft is merged into the form, to be sent again; and
    where writing is over, what was typed is shown to be copied.
    """
    user = reader(request)
    key = operations.id_of_new(user, sheet.form.cleaned_data.get("key")) if sheet.is_new else sheet.session.pk
    now = Session.objects.visible_to(user).filter(pk=key).first() if key else None
    if now is not None and now.recorder_id == user.pk:
        done = bool(now.open_offer_id) if how else now.is_draft
        if done and operations.says_the_same(now, sheet.written()):
            return redirect("sessions:detail", now.pk)
    if now is not None and not sheet.is_new and explain(policy.check_can_record, user, now):
        return _merged(request, session_for(user, now.pk), sheet)
    url = reverse("sessions:detail", args=[now.pk]) if now is not None else reverse("sessions:list")
    return conflict(request, what=refusal.message, url=url, forms=sheet.parts)


def _merged(request: HttpRequest, session: Session, sheet: Sheet) -> HttpResponse:
    """409: the form with everything typed, what came in meanwhile added to it, and what is saved now beside it."""
    stored = sheet_of(request, session, None, is_new=False)
    data = request.POST.copy()
    data["version"] = str(session.version)
    meanwhile = add_rows(data, "agenda", initial_topics(stored.topics), "topic", request)
    add_rows(data, "steps", initial_steps(stored.actions), "what", request)
    merged = sheet_of(request, session, data, is_new=False)
    for part in merged.parts:
        part.unchecked()
    saved = [
        (merged.form[name].label, stored.form.initial.get(name) or "")
        for name in ("place", "strengths", "outcomes")
        if (data.get(name) or "").split() != str(stored.form.initial.get(name) or "").split()
        and (session.state == Session.State.HELD or stored.form.initial.get(name))
    ]
    return _page(request, merged, status=409, meanwhile=meanwhile, is_stale=True, saved=saved)
