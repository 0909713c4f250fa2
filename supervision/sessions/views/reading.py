"""The page of a session at each stage of its life, its log facts, and its PDFs."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from supervision.notices.models import Suggestion
from supervision.pages import words
from supervision.pages.forms import render_form
from supervision.pages.prepared import prepared
from supervision.people.models import Participation, User
from supervision.people.requests import reader
from supervision.records import audit, disposal, documents, encryption, snapshot
from supervision.records.errors import Denied, NotFound, WrongState
from supervision.records.papers import Paper, steps_of
from supervision.records.policy import explain

from .. import content, local_time, papers, policy, protocol, same_time, suggested
from ..forms import ItemForm, SignForm
from ..kept import topics as parked_topics
from ..models import Action, Addendum, AgendaItem, Session
from ..papers import Papers
from . import addenda, adding
from .find import ATTENDEES, no_agreement, session_for
from .planning import attending


@require_safe
def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A session as it stands: the plan, the record, or what became of it."""
    user = reader(request)
    try:
        session = session_for(user, pk)
    except Denied as refusal:
        context = {"reason": refusal.message, "pk": pk}
        return render(request, "sessions/facts_only.html", context, status=403)
    if session.state == Session.State.HELD:
        if session.is_draft:
            return _draft_page(request, session)
        return reading_page(request, session)
    return planned_page(request, session)


def agenda_page(request: HttpRequest, session: Session, *, form: ItemForm, invalid: bool) -> HttpResponse:
    """The page that a topic is added on: the plan, or that the record is being written."""
    page = _draft_page if session.is_draft else planned_page
    return page(request, session, form=form, invalid=invalid)


# Before it is held --------------------------------------------------------------------------------------------


def planned_page(
    request: HttpRequest, session: Session, *, form: ItemForm | None = None, invalid: bool = False
) -> HttpResponse:
    """The plan with its agenda, what is open from last time, and what is suggested; or what became of the plan."""
    user = reader(request)
    agenda = _agenda_for(user, session)
    actions = _actions_for(user, session) if _is_planned(session) else []
    offered = suggested.for_party(Suggestion.objects.open_for(session.arrangement, user), user)
    suggestions = list(offered) if _is_planned(session) else []
    suggestions = [one for one in suggestions if one.kind != Suggestion.Kind.PARKED]
    parked = _parked_for(user, session)
    encryption.unlock([session], agenda, actions, suggestions)
    goals = [one for one in suggestions if one.kind == Suggestion.Kind.GOAL and one.made_by_id != user.pk]
    if goals or _has_words_of_others(user, session, [*agenda, *parked], actions):
        audit.opened(user, session, why="party")
    context = {
        "session": session,
        "names": words.join_names(attending(session, user)),
        "shared": [item for item in agenda if not item.is_private],
        "private": [item for item in agenda if item.is_private],
        "parked": parked,
        "actions": actions,
        "suggestions": suggestions,
        "form": form or ItemForm(initial={"key": uuid.uuid4()}),
        "elsewhere": _elsewhere(session),
        "is_past": session.ends_at < timezone.now(),
        "can_add": explain(policy.check_can_add_item, user, session),
        "can_change": explain(policy.check_can_change_plan, user, session),
        "can_miss": explain(policy.check_can_mark_missed, user, session),
        "can_rebook": explain(policy.check_can_rebook, user, session),
        "can_record": explain(policy.check_can_record, user, session),
        "no_agreement": no_agreement(session.arrangement) if _is_planned(session) else None,
        "meeting_steps": protocol.steps_of(session.structure) if _is_planned(session) else (),
        "facilitated": _facilitated_last(session) if _is_planned(session) else "",
    }
    return render_form(request, "sessions/planned.html", context, invalid=invalid)


def _parked_for(user: User, session: Session) -> list[AgendaItem]:
    """Parts of the agreement that were kept for this session, if it is the next one."""
    if not _is_planned(session) or not getattr(session, "has_parked", False):
        return []
    return parked_topics(session, user)


def _facilitated_last(session: Session) -> str:
    """Who facilitated last time, as the record that was sent says; where who does may change. Two queries there, none elsewhere."""
    if not protocol.rotates(session.structure):
        return ""
    before = (
        Session.objects.held()
        .filter(arrangement=session.arrangement_id, starts_at__lt=session.starts_at, open_offer__isnull=False)
        .exclude(pk__in=disposal.gone())
    )
    last = before.select_related("open_offer").order_by("-starts_at").first()
    if last is None or last.open_offer is None:
        return ""
    found = snapshot.read(last.open_offer.content).get("protocol") or {}
    return str(found.get("facilitator", ""))


def _elsewhere(session: Session) -> str:
    """The time where the session takes place, when the reader's clock shows another one."""
    here = timezone.localtime(session.starts_at)
    if here.utcoffset() == session.local_start.utcoffset():
        return ""
    return local_time.spoken(session.starts_at, session.zone)


def _is_planned(session: Session) -> bool:
    return session.state == Session.State.PLANNED


def _agenda_for(user: User, session: Session) -> list[AgendaItem]:
    """What everybody sees, and what this person keeps to themself."""
    rows = AgendaItem.objects.filter(session=session).shown_to(user)
    return list(rows.select_related("raised_by").order_by("position", "id"))


def _actions_for(user: User, session: Session) -> list[Any]:
    """Open actions of the arrangement, and those settled in the last days, so that a tick can be undone."""
    lately = timezone.now() - datetime.timedelta(days=7)
    rows = Action.objects.visible_to(user).filter(arrangement=session.arrangement_id).with_state()
    rows = rows.filter(Q(last_event__isnull=True) | Q(last_event="reopened") | Q(last_at__gte=lately))
    return list(rows.select_related("owner").order_by("due_on", "position", "id"))


def _has_words_of_others(user: User, session: Session, agenda: list[AgendaItem], actions: list[Any]) -> bool:
    if session.planned_by_id != user.pk or session.state_by_id not in (None, user.pk):
        return True
    return bool(actions) or any(item.raised_by_id != user.pk for item in agenda)


# While it is written ------------------------------------------------------------------------------------------


def _draft_page(
    request: HttpRequest, session: Session, *, form: ItemForm | None = None, invalid: bool = False
) -> HttpResponse:
    """For its recorder the way back to the form; for the others that it is being written, and nothing of it."""
    user = reader(request)
    own = [item for item in _agenda_for(user, session) if item.is_private]
    found = papers.of_session(session, own)
    given_back = found.given_back
    if given_back is not None:
        audit.opened(user, session, why="party")
    context = {
        "session": session,
        "names": words.join_names(attending(session, user)),
        "is_recorder": session.recorder_id == user.pk,
        "private": own,
        "given_back": given_back,
        "change_asked": bool(given_back and given_back.change_asked),
        "facts": _plain_facts(session, whole=session.is_known or session.recorder_id == user.pk),
        "form": form or ItemForm(initial={"key": uuid.uuid4()}),
        "can_add": explain(policy.check_can_add_item, user, session),
    }
    return render_form(request, "sessions/draft.html", context, invalid=invalid)


# Once it is sent ----------------------------------------------------------------------------------------------


def reading_page(
    request: HttpRequest,
    session: Session,
    found: papers.Papers | None = None,
    *,
    form: SignForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The record as it was offered, who answered what, and what was added later. `found` is all of that, where it is read already."""
    user = reader(request)
    found = found or papers.of_session(session)
    record = found.record
    if record is None:
        raise WrongState(
            _("This record is not out for signature now. It may have been taken back to be changed.")
        )
    audit.opened(user, _words_of_others(session, found, user), why="party")
    waiting = [paper for paper in found.attendances if paper.waits_for(user)]
    asks_record = record.waits_for(user)
    form = form or sign_form(found, user)
    session.open_offer = record.offer  # with its parties and answers at hand, for the policy
    context = {
        "session": session,
        "paper": record,
        "content": record.content,
        "mine": attendance_facts(waiting),
        "own_elsewhere": same_time.own_elsewhere(user, session) if not session.is_sealed or waiting else [],
        "form": form if asks_record or waiting else None,
        "asks_record": asks_record,
        "attendances": found.attendances,
        "addenda": adding.rows_of(found.addenda, user, addenda.KIND),
        "steps": steps_of(found.of_record),
        "names": words.join_names(attending(session, user)),
        "is_recorder": session.recorder_id == user.pk,
        "can_decline": explain(policy.check_can_decline, user, session),
        "can_ask": explain(policy.check_can_ask_for_change, user, session),
        "can_take_back": explain(policy.check_can_take_back, user, session),
        "can_add": explain(policy.check_can_add_addendum, user, session),
        "waits_for": [signer.name for signer in record.signers if signer.kind == "waiting"],
        "open_attendances": [paper for paper in found.attendances if paper.is_open],
    }
    return render(request, "sessions/reading.html", {**context, "invalid": status == 422}, status=status)


def _words_of_others(session: Session, found: Papers, user: User) -> list[Any]:
    """What of this page somebody else wrote: the record, statements and reasons in it, addenda."""
    said = [
        answer
        for paper in found.of_record
        for answer in paper.offer.answers.all()
        if answer.person_id != user.pk and (answer.statement or answer.reason)
    ]
    own = [session] if session.recorder_id != user.pk or said else []
    return [*own, *adding.opened_with(found.addenda, Addendum, user)]


def sign_form(found: Papers, user: User, data: Any = None) -> SignForm:
    """What this person is asked to sign on this page, with the digests of what is on it."""
    waiting = [paper for paper in found.attendances if paper.waits_for(user)]
    record = found.record if found.record is not None and found.record.waits_for(user) else None
    shown = [*([record] if record else []), *waiting]
    return SignForm(
        data,
        initial={"seen": " ".join(paper.offer.digest for paper in shown)},
        with_record=record is not None,
        with_attendance=bool(waiting),
    )


def attendance_facts(waiting: list[Paper]) -> list[str]:
    """What the signature under an attendance says: who was there, and for how long."""
    return [
        _("%(name)s, %(minutes)s")
        % {"name": paper.content["person"]["name"], "minutes": paper.content["minutes_words"]}
        for paper in waiting
    ]


# Log facts ----------------------------------------------------------------------------------------------------


@require_safe
def facts(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """That a session took place, when, for how long and who was there: never what was said (domain 8)."""
    user = reader(request)
    session: Any = next(iter(_facts_for(user, pk)), None)
    if session is None:
        raise NotFound
    shown = [offer for offer in papers.offers_of(session) if offer.record_label != papers.ADDENDUM]
    back_url, back_label = _back_from_facts(session, user)
    context = {
        "back_url": back_url,
        "back_label": back_label,
        "session": session,
        "facts": _plain_facts(session, whole=session.is_known),
        "attendees": [
            (row, content.part_name(row.part, session.structure)) for row in session.attendees.all()
        ],
        "signatures": _signatures(session, shown),
        "may_read": session.may_read,
    }
    return render(request, "sessions/facts.html", context)


@prepared
def _facts_for(user: User, pk: uuid.UUID) -> QuerySet[Session]:
    """The session, with `may_read`: whether its words may be read, too."""
    read = Session.objects.visible_to(user).filter(pk=OuterRef("pk"))
    return (
        Session.objects.facts_visible_to(user)
        .annotate(may_read=Exists(read))
        .select_related("arrangement__program", "state_by", "moved_to")
        .prefetch_related(ATTENDEES)
        .filter(pk=pk)
    )


def _back_from_facts(session: Session, user: User) -> tuple[str, str]:
    """Where somebody found it: in their own list; for a manager among the log of the one it is about, or of all."""
    if policy.attendee_of(user, session) is not None:
        return reverse("sessions:list"), _("Sessions")
    supported = [row.person for row in session.attendees.all() if row.part in Participation.SUPPORTED]
    if len(supported) == 1:
        return reverse("overview:worker", args=[supported[0].pk]), supported[0].name
    return reverse("overview:manager"), _("Overview")


def _plain_facts(session: Session, *, whole: bool) -> list[tuple[str, str]]:
    """Log facts as label and words. What a draft holds beyond its plan is not one yet; `whole` is false where there was
    no plan either."""
    rows = [
        (_("When"), words_of_time(session)),
        (_("Length"), words.minutes_words(session.minutes) if whole else ""),
        (_("How you met"), session.get_modality_display() if whole else ""),
        (_("Structure"), session.get_structure_display()),
        (_("Program"), session.arrangement.program.name),
    ]
    if session.state == Session.State.HELD and not session.is_draft:
        rows += [
            (_("What it was about"), session.get_focus_display()),
            (_("Touched on"), _labels(session.purposes, Session.PURPOSES)),
            (_("Besides talking"), _labels(session.methods, Session.METHODS)),
            (_("Extra session"), _("Yes") if session.ad_hoc else _("No")),
        ]
    if session.state_by is not None:
        rows += [
            (session.get_state_display(), _by_and_when(session)),
            (_("Why"), session.get_state_why_display() or _("No reason listed")),
        ]
    if session.moved_to is not None:
        rows.append((_("New time"), words_of_time(session.moved_to)))
    return [(str(label), str(value)) for label, value in rows if value]


def words_of_time(session: Session) -> str:
    return f"{words.day(session.starts_at)}, {words.clock(session.starts_at)}"


def _by_and_when(session: Session) -> str:
    name = session.state_by.name if session.state_by else ""
    at = session.state_at
    return f"{name}, {words.day(at)}, {words.clock(at)}" if at else name


def _labels(keys: list[str], listed: Any) -> str:
    return words.join_names(str(label) for key, label in listed if key in keys)


def _signatures(session: Session, offers: list[Any]) -> list[dict[str, Any]]:
    """Who has signed the record and their attendance: yes or no, without any of their words."""
    record = next((o for o in reversed(offers) if o.record_id == session.pk), None)
    if record is None or hasattr(record, "closed"):
        return []
    own: dict[Any, bool] = {}
    for offer in offers:
        if offer.record_label != papers.ATTENDANCE or hasattr(offer, "closed"):
            continue
        kinds = {answer.person_id: answer.kind for answer in offer.answers.all()}
        whose = min(offer.parties.all(), key=lambda party: party.position).person_id
        own[whose] = bool(kinds) and all(kinds.get(p.person_id) == "signed" for p in offer.parties.all())
    answers = {answer.person_id: answer.kind for answer in record.answers.all()}
    return [
        {
            "name": party.person.name,
            "part": party.part,
            "record": answers.get(party.person_id, ""),
            "attendance": own.get(party.person_id, False),
        }
        for party in record.parties.all()
    ]


# PDFs ---------------------------------------------------------------------------------------------------------


@require_safe
def pdf(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The sealed PDF of the record."""
    user = reader(request)
    session = session_for(user, pk)
    name = f"session-{session.local_start:%Y-%m-%d}-{content.reference(session.pk)}.pdf"
    return _stream(request, session, name)


def _stream(request: HttpRequest, record: Any, name: str) -> HttpResponse:
    document = documents.document_of(record)
    if document is None:
        if record.is_sealed:
            raise WrongState(_("The PDF is being made. Come back in a minute."))
        raise NotFound
    audit.opened(reader(request), record, why="party", action="downloaded")
    return documents.stream(document, name)
