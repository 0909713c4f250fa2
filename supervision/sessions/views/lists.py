"""A person's own sessions: what comes next, then newest first; and finding one again."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from supervision.pages.found import found_page
from supervision.pages.keyset import PARAMETER, Page, page_of
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
from .find import ATTENDEES, TAKING_PART
from .planning import others_in

State = Session.State
COMING, OBSERVATIONS = 5, 5
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
    words = form.cleaned_data.pop("words")
    drafts.look_for(user, LOOKED_FOR, words)
    query = {name: form.data[name] for name, value in form.cleaned_data.items() if value}
    query |= {"found": "1"} if words else {}
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
    arrangements = [] if chosen.get("words") else _arrangements(user)
    is_filtered = any(chosen.values()) or not valid
    coming = [] if is_filtered or PARAMETER in request.GET else _coming(user)
    page, found = _page(request, chosen, is_filtered=is_filtered)
    current = {one.pk for one in arrangements}
    context = {
        "form": form,
        "page": page,
        "coming": [row_of(session, user, current) for session in coming[:COMING]],
        "more_coming": len(coming) > COMING,
        "rows": [
            row_of(session, user, current if found is None else {session.arrangement_id})
            | {"excerpt": (found or {}).get(session.pk, "")}
            for session in page.items
        ],
        "looked_for_words": found is not None,
        "plan": _to_plan(arrangements, user),
        "can_log": any(policy.may_lead(one, policy.part_now(user, one)) for one in arrangements),
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
    rows = with_waiting(planned, user).select_related("recorder").prefetch_related(ATTENDEES)
    return rows.order_by("starts_at", "pk")[: COMING + 1]


def _page(
    request: HttpRequest, chosen: dict[str, Any], *, is_filtered: bool
) -> tuple[Page, dict[Any, str] | None]:
    """A page of the list; and where words are looked for, in which of its sessions they are, with what stands around them."""
    user = reader(request)
    terms = search.terms_of(chosen.get("words") or "")
    own = Session.objects.visible_to(user) if terms else Session.objects.of(user)
    rows = _filtered(with_waiting(own, user), chosen.get("state", ""), user)
    rows = _narrowed(rows, chosen)
    if not is_filtered:
        rows = rows.exclude(state=State.PLANNED, starts_at__gt=timezone.now())
    rows = rows.select_related("recorder").prefetch_related(ATTENDEES)
    if not terms:
        return page_of(rows, request.GET, date_field="starts_at"), None
    found: dict[Any, str] = {}

    def having(batch: list[Any]) -> list[Any]:
        found.update(search.among(batch, user, terms))
        return [one for one in batch if one.pk in found]

    rows = rows.select_related("open_offer")
    page = found_page(rows, request.GET, having, date_field="starts_at", at_once=search.AT_ONCE)
    audit.opened(user, page.items, why="party", action="listed")
    return page, found


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


@prepared
def _arrangements(user: User) -> QuerySet[Arrangement]:
    """Those that this person takes part in today, with who does."""
    rows = Arrangement.objects.filter(pk__in=_now(user)).current()
    return rows.select_related("program").prefetch_related(TAKING_PART)


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
    mine = Participation.objects.filter(person=user).values("arrangement")
    rows = (
        User.objects.filter(participations__arrangement__in=mine)
        .exclude(pk=user.pk)
        .distinct()
        .values_list("pk", "name")
        .order_by("name")
    )
    return [(str(pk), name) for pk, name in rows]


def _to_plan(arrangements: list[Arrangement], user: User) -> list[dict[str, Any]]:
    """The arrangements in which this person may plan, with whom."""
    found = []
    for one in arrangements:
        part = policy.part_now(user, one)
        pair = one.structure in (Arrangement.Structure.INDIVIDUAL, Arrangement.Structure.OF_SUPERVISION)
        if part is None or not (pair or policy.may_lead(one, part)):
            continue
        found.append({"names": others_in(one, user), "url": reverse("sessions:plan", args=[one.pk])})
    return found


def row_of(session: Any, user: User, current: set[Any]) -> dict[str, Any]:
    """One line of the list: with whom, when, and the one thing to say about it."""
    others = [row.person.name for row in session.attendees.all() if row.person_id != user.pk]
    tag, kind = _tag(session, user)
    return {
        "session": session,
        "others": others,
        "tag": tag,
        "kind": kind,
        "url": _url(session, user, current),
    }


def _url(session: Any, user: User, current: set[Any]) -> str:
    """Where it is read; for who was not there, or has left before it took place, its facts in the log."""
    absent = any(row.person_id == user.pk and not row.attended for row in session.attendees.all())
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
