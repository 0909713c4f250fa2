"""A person's own sessions: what comes next, then newest first; and finding one again."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from supervision.pages import words
from supervision.pages.found import found_page
from supervision.pages.keyset import PARAMETER, Page, first_page, page_of
from supervision.pages.prepared import prepared
from supervision.people.models import Arrangement, Participation, User
from supervision.people.requests import reader
from supervision.records import audit, drafts
from supervision.records.models import Answer, OfferParty

from .. import policy, search
from ..forms import ListForm
from ..models import Attendee, Session
from ..observations import finding
from ..observations.rows import rows_of as observation_rows

State = Session.State
SIZE, COMING, OBSERVATIONS = 25, 5, 5
NEAR = datetime.timedelta(days=200)  # who meets every week has a page of sessions in it
EVER = datetime.datetime(1900, 1, 1, tzinfo=datetime.UTC)
SHOWN = (
    "arrangement",
    "state",
    "starts_at",
    "minutes",
    "modality",
    "open_offer",
    "sealed_at",
    "was_planned",
    "recorder",
)
Circle = tuple[Arrangement, list[Participation]]
LOOKED_FOR = "sessions.find"


@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """What comes next, and the list: by state, person, kind and days, in its address, and by words."""
    return _list(request, asked(request))


@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """Narrow the list: leads to its address. Words to look for are kept for this person, and stand in no address."""
    user = reader(request)
    form = ListForm(request.POST, people=_people(user))
    if not form.is_valid():
        return _list(request, form)
    looked_for = form.cleaned_data.pop("words")
    drafts.look_for(user, LOOKED_FOR, looked_for)
    query = {name: form.data[name] for name, value in form.cleaned_data.items() if value}
    query |= {"found": "1"} if looked_for else {}
    return redirect(f"{reverse('sessions:list')}{'?' if query else ''}{urlencode(query)}")


def asked(request: HttpRequest) -> ListForm:
    """What a list is asked for: by its address, and the words that were kept for this person."""
    user, data = reader(request), request.GET.copy()
    data["words"] = drafts.looked_for(user, LOOKED_FOR) if "found" in request.GET else ""
    return ListForm(data, people=_people(user))


def _list(request: HttpRequest, form: ListForm) -> HttpResponse:
    user = reader(request)
    valid = form.is_valid()
    chosen = form.cleaned_data if valid else {}
    # What was found is about reading: nothing is planned from there, and all of it may be opened.
    circles = [] if chosen.get("words") else _circles(user)
    is_filtered = any(chosen.values()) or not valid
    coming = [] if is_filtered or PARAMETER in request.GET else _coming(user)
    page, found = _page(request, chosen, is_filtered=is_filtered)
    current = {one.pk for one, _rows in circles}
    open_ones = current if found is None else {session.arrangement_id for session in page.items}
    ahead, rows = coming[:COMING], page.items
    lines = lines_of([*ahead, *rows], user, current | open_ones)
    context = {
        "form": form,
        "page": page,
        "coming": lines[: len(ahead)],
        "more_coming": len(coming) > COMING,
        "rows": [
            line | {"excerpt": (found or {}).get(session.pk, "")}
            for session, line in zip(rows, lines[len(ahead) :], strict=True)
        ],
        "looked_for_words": found is not None,
        "plan": _to_plan(circles, user),
        "can_log": any(policy.may_lead(one, _part(rows, user)) for one, rows in circles),
        "is_filtered": is_filtered,
        "invalid": not valid,
        **(_observations(request, chosen) if is_filtered and valid and PARAMETER not in request.GET else {}),
    }
    return render(request, "sessions/list.html", context, status=200 if valid else 422)


def _observations(request: HttpRequest, chosen: dict[str, Any]) -> dict[str, Any]:
    """The newest of this person's observations that are as asked for, and where the others are."""
    user = reader(request)
    page, found = finding.page_of_own(user, {}, chosen, size=OBSERVATIONS)
    if found:
        audit.opened(user, page.items, why="party", action="listed")
    more = f"{reverse('sessions:observations')}?{request.GET.urlencode()}" if page.older else ""
    return {"observations": observation_rows(page.items, user, found), "more_observations": more}


def _coming(user: User) -> list[Session]:
    """The next sessions that are planned, soonest first, and one more if there are more."""
    return _planned_after(user, timezone.now())


@prepared
def _planned_after(user: User, moment: datetime.datetime) -> QuerySet[Session]:
    planned = Session.objects.planned().filter(arrangement__in=_now(user), starts_at__gt=moment)
    return with_waiting(planned, user).only(*SHOWN).order_by("starts_at", "pk")[: COMING + 1]


def _page(
    request: HttpRequest, chosen: dict[str, Any], *, is_filtered: bool
) -> tuple[Page, dict[Any, str] | None]:
    """A page of the list; and where words are looked for, in which of its sessions they are, with what stands around them."""
    user = reader(request)
    if not is_filtered and PARAMETER not in request.GET:
        return _first_page(user, request), None
    terms = search.terms_of(chosen.get("words") or "")
    own = Session.objects.visible_to(user) if terms else Session.objects.of(user)
    rows = _filtered(with_waiting(own, user), chosen.get("state", ""), user)
    rows = _narrowed(rows, chosen)
    if not is_filtered:
        rows = rows.exclude(state=State.PLANNED, starts_at__gt=timezone.now())
    if not terms:
        return page_of(rows.only(*SHOWN), request.GET, size=SIZE, date_field="starts_at"), None
    found: dict[Any, str] = {}

    def having(batch: list[Any]) -> list[Any]:
        found.update(search.among(batch, user, terms))
        return [one for one in batch if one.pk in found]

    rows = rows.select_related("open_offer")
    page = found_page(rows, request.GET, having, size=SIZE, date_field="starts_at", at_once=search.AT_ONCE)
    audit.opened(user, page.items, why="party", action="listed")
    return page, found


def _first_page(user: User, request: HttpRequest) -> Page:
    now = timezone.now()
    return first_page(_newest(user, now, now - NEAR), request.GET, size=SIZE, date_field="starts_at")


@prepared
def _newest(user: User, now: datetime.datetime, near: datetime.datetime) -> QuerySet[Session]:
    """The newest sessions, besides plans for later, and one more if there are more than a page.

    Where as many began since `near`, none before the last of these is looked at, though a person may have had thousands.
    """
    rows = Session.objects.of(user).exclude(state=State.PLANNED, starts_at__gt=now)
    last = rows.filter(starts_at__gte=near).order_by("-starts_at").values("starts_at")[SIZE : SIZE + 1]
    rows = rows.filter(starts_at__gte=Coalesce(Subquery(last), EVER))
    return with_waiting(rows, user).only(*SHOWN).order_by("-starts_at", "-pk")[: SIZE + 1]


def _narrowed(rows: Any, chosen: dict[str, Any]) -> Any:
    if chosen.get("who"):
        rows = rows.filter(Exists(Attendee.objects.filter(session=OuterRef("pk"), person=chosen["who"])))
    if chosen.get("structure"):
        rows = rows.filter(structure=chosen["structure"])
    if chosen.get("since"):
        rows = rows.filter(starts_at__gte=_midnight(chosen["since"]))
    if chosen.get("until"):
        rows = rows.filter(starts_at__lt=_midnight(chosen["until"] + datetime.timedelta(days=1)))
    return rows


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


def _circles(user: User) -> list[Circle]:
    """The arrangements that this person takes part in today, each with who does. One query."""
    found: dict[Any, Circle] = {}
    for row in _taking_part(user):
        found.setdefault(row.arrangement_id, (row.arrangement, []))[1].append(row)
    return list(found.values())


@prepared
def _taking_part(user: User) -> QuerySet[Participation]:
    running = Arrangement.objects.current().filter(pk__in=_now(user))
    rows = Participation.objects.current().filter(arrangement__in=running)
    return rows.select_related("arrangement", "person").order_by("joined_on", "pk")


def _now(user: User) -> Any:
    """The arrangements this person takes part in today."""
    return Participation.objects.current().filter(person=user).values("arrangement")


def with_waiting(rows: QuerySet[Session], user: User) -> Any:
    """Each session with `waits_for_me`: its record, or an attendance of it, is out for this person's answer."""
    asked = OfferParty.objects.filter(offer=OuterRef("open_offer"), person=user)
    answered = Answer.objects.filter(offer=OuterRef("open_offer"), person=user)
    return rows.annotate(waits_for_me=Exists(asked) & ~Exists(answered))


def _filtered(rows: Any, state: str, user: User) -> Any:
    draft = Q(state=State.HELD, open_offer__isnull=True, sealed_at__isnull=True)
    offered = Q(state=State.HELD, open_offer__isnull=False, sealed_at__isnull=True)
    chosen = {
        "planned": Q(state=State.PLANNED),
        "writing": (draft & Q(recorder=user)) | Q(state=State.PLANNED, starts_at__lte=timezone.now()),
        "sign": offered & Q(waits_for_me=True),
        "others": offered & Q(waits_for_me=False),
        "signed": Q(sealed_at__isnull=False),
        "not_held": Q(state__in=[State.CANCELLED, State.MISSED, State.MOVED]),
    }
    return rows.filter(chosen[state]) if state in chosen else rows


def _people(user: User) -> list[tuple[str, str]]:
    """Everybody this person has or had supervision with."""
    return [(str(pk), name) for pk, name in _met(user)]


@prepared
def _met(user: User) -> QuerySet[User, tuple[Any, str]]:
    mine = Participation.objects.filter(person=user).values("arrangement")
    rows = User.objects.filter(participations__arrangement__in=mine).exclude(pk=user.pk).distinct()
    return rows.values_list("pk", "name").order_by("name")


def _to_plan(circles: list[Circle], user: User) -> list[dict[str, Any]]:
    """The arrangements in which this person may plan, with whom."""
    found = []
    for one, rows in circles:
        pair = one.structure in (Arrangement.Structure.INDIVIDUAL, Arrangement.Structure.OF_SUPERVISION)
        if pair or policy.may_lead(one, _part(rows, user)):
            others = [row.person.called for row in rows if row.person_id != user.pk]
            found.append({"names": others, "url": reverse("sessions:plan", args=[one.pk])})
    return found


def _part(rows: list[Participation], user: User) -> str | None:
    return next((row.part for row in rows if row.person_id == user.pk), None)


# Lines --------------------------------------------------------------------------------------------------------


def lines_of(sessions: Sequence[Any], user: User, current: set[Any]) -> list[dict[str, Any]]:
    """A line of the list for each: with whom, when, and the one thing to say about it. One query.

    The sessions are `with_waiting`. `current` are the arrangements that this person takes part in.
    """
    there: dict[Any, list[Any]] = {}
    for row in _attending([session.pk for session in sessions]):
        there.setdefault(row.session_id, []).append(row)
    return [_line(session, there.get(session.pk, []), user, current) for session in sessions]


@prepared
def _attending(sessions: list[Any]) -> QuerySet[Attendee, Any]:
    rows = Attendee.objects.filter(session__in=sessions).order_by("position", "pk")
    return rows.values_list("session_id", "person_id", "person__name", "attended", named=True)


def _line(session: Any, there: list[Any], user: User, current: set[Any]) -> dict[str, Any]:
    tag, kind = _tag(session, user)
    others = [row.person__name for row in there if row.person_id != user.pk]
    return {
        "session": session,
        "others": others,
        "names": words.join_names(others),
        "day": words.day(session.starts_at),
        "clock": words.clock(session.starts_at),
        "how": session.get_modality_display(),
        "length": words.minutes_words(session.minutes) if session.is_known else "",
        "tag": tag,
        "kind": kind,
        "url": _url(session, there, user, current),
    }


def _url(session: Any, there: list[Any], user: User, current: set[Any]) -> str:
    """Where it is read; for who was not there, or has left before it took place, its facts in the log."""
    absent = any(row.person_id == user.pk and not row.attended for row in there)
    closed = absent if session.state == State.HELD else session.arrangement_id not in current
    return reverse(f"sessions:{'facts' if closed else 'detail'}", args=[session.pk])


def _tag(session: Any, user: User) -> tuple[str, str]:
    if session.state == State.PLANNED:
        if session.ends_at < timezone.now():
            return _("Not written up yet"), ""
        return _("Planned"), ""
    if session.state != State.HELD:
        return str(session.get_state_display()), ""
    if session.is_sealed:
        return _("Signed and sealed"), "done"
    if session.is_draft:
        return (_("Draft"), "") if session.recorder_id == user.pk else (_("Being written up"), "")
    if session.waits_for_me:
        return _("Your signature"), "wait"
    return _("With the others"), ""
