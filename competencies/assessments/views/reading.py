"""An assessment at each stage: whose part is in, both views beside each other, the record as it is signed, and its PDF."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from supervision.pages import words
from supervision.people.models import User
from supervision.people.requests import reader
from supervision.records import audit, documents, drafts, encryption, papers
from supervision.records.errors import WrongState
from supervision.records.forms import SignForm
from supervision.records.policy import explain

from ...goals.models import Goal
from ...rating import marks as marking
from ...rating.forms import SAY
from ...rating.marks import Mark
from .. import content, figures, operations, over_time, policy
from ..comparison import Comparison, Line, compare
from ..models import Assessment, AssessmentPart
from .common import address, assessment_for, assessment_of, own_part, sees

SHOWN_FIRST = 5  # strengths and differences that stand out; the table below has every statement


@require_safe
def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """As it stands now."""
    user = reader(request)
    found = assessment_for(user, pk)
    if found.open_offer_id:
        return reading_page(request, found)
    if found.is_shown:
        return _views_page(request, found)
    return _running_page(request, found)


@require_safe
def views(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Both views beside each other: also while it is signed, and after."""
    user = reader(request)
    found = assessment_of(user, pk)
    if not found.is_shown:
        raise WrongState(_("Both views are shown once both parts are in."))
    return _views_page(request, found)


# Before it is shown -------------------------------------------------------------------------------------------


def _running_page(request: HttpRequest, found: Assessment) -> HttpResponse:
    """Whose part is in: nothing of what was marked."""
    user = reader(request)
    parts = {part.author_id: part for part in found.parts.defer("marks", "links")}
    own = parts.get(user.pk)
    partner = found.partner_of(user)
    theirs = parts.get(partner.pk) if partner else None
    context = {
        "assessment": found,
        "own": own,
        "theirs": theirs,
        "partner": partner,
        "of_own": found.person_id == user.pk,
        "sees": sees(found, user),
        "can_fill": explain(policy.check_can_fill_in, user, found, own),
        "can_take_back": explain(policy.check_can_take_back_part, user, found, own),
        "can_release": explain(policy.check_can_release_alone, user, found, own),
        "can_withdraw": explain(policy.check_can_end_early, user, found, own),
        "can_call_off": explain(
            policy.check_can_call_off, user, found, any(part.is_given for part in parts.values())
        ),
    }
    return render(request, "competencies/assessments/running.html", context)


# Both views ---------------------------------------------------------------------------------------------------


def _views_page(request: HttpRequest, found: Assessment) -> HttpResponse:
    user = reader(request)
    parts = list(found.parts.all())
    earlier = over_time.up_to(found)
    encryption.unlock([found], parts, [part for one in earlier for part in one.parts.all()])
    own, other = over_time.views_of(found, parts)
    partner = found.partner_of(user)
    if partner is not None:
        audit.opened(user, found, why="party")
    names = _names(found, user)
    body = content.asked_of(found)
    both = compare(body, own, other)
    shown_alone = partner is not None and (own is None or other is None)
    context = {
        "assessment": found,
        "partner": partner,
        "of_own": found.person_id == user.pk,
        "sees": sees(found, user),
        "names": names,
        "comparison": both,
        "shown_alone": shown_alone,
        "strengths": [_said(line, found, names) for line in both.strengths[:SHOWN_FIRST]],
        "differences": [_said(line, found, names) for line in both.differences[:SHOWN_FIRST]],
        "one_cannot_say": [_said(line, found, names) for line in both.one_cannot_say[:SHOWN_FIRST]],
        "domains": [
            {"domain": domain, "rows": [_said(line, found, names) for line in both.of_domain(domain)]}
            for domain in body.domains
        ],
        "goal_query": f"rating={found.pk}",
        "goals": _goals(user, found),
        "links": _links(parts, user),
        **_drawings(found, both, earlier, names),
        **_formal(found, user),
    }
    return render(request, "competencies/assessments/views.html", context)


def _names(found: Assessment, user: User) -> dict[str, str]:
    """What the two views are called for whoever looks: the reader's own is "You"."""
    you = _("You")
    if found.other is None:
        return {"own": you, "other": ""}
    return {
        "own": you if user.pk == found.person_id else found.person.called,
        "other": you if user.pk == found.other_id else found.other.called,
    }


def _said(line: Line, found: Assessment, names: dict[str, str]) -> dict[str, Any]:
    """One statement as the page says it."""
    return {
        "number": line.number,
        "id": line.statement.id,
        "text": line.statement.title or line.statement.text,
        "own": point_words(line.own, found),
        "other": point_words(line.other, found) if names["other"] else "",
        "own_words": line.own.words if line.own else "",
        "other_words": line.other.words if line.other else "",
        "apart": abs(line.apart or 0),
        "more": names["other"] if (line.apart or 0) > 0 else names["own"],
    }


def point_words(mark: Mark | None, found: Assessment) -> str:
    """3. Steady."""
    if mark is None:
        return _("Not given")
    if mark.point is None:
        return _("Can’t say yet")
    scale = found.framework.body.scale
    return f"{mark.point}. {scale[mark.point - 1].label}"


def _drawings(
    found: Assessment, both: Comparison, earlier: list[Assessment], names: dict[str, str]
) -> dict[str, Any]:
    body = content.asked_of(found)
    moments = over_time.moments(earlier, body, words.short_day)
    return {
        "figure": figures.two_views(both, body, names["own"], names["other"]),
        "sentence": figures.sentence(both, body, names["own"], names["other"]),
        "trend": figures.trend(moments, body, names["own"], names["other"]),
    }


def _goals(user: User, found: Assessment) -> list[Goal]:
    """One's own goals that came from it. Two queries."""
    rows = list(
        Goal.objects.of(user).filter(about_kind=Goal.About.RATING, about_id=found.pk).order_by("begun_at")
    )
    encryption.unlock(rows)
    return rows


def _links(parts: list[AssessmentPart], user: User) -> list[dict[str, Any]]:
    """What either named as showing it, each once. The page of an own training is for whoever learned it alone."""
    rows = {}
    for part in parts:
        for one in (one for found in (part.links or {}).values() for one in found if part.is_given):
            opens = one["kind"] != "training" or part.author_id == user.pk
            rows[one["kind"], one["id"]] = {**one, "url": one["url"] if opens else ""}
    return list(rows.values())


def _formal(found: Assessment, user: User) -> dict[str, Any]:
    """Where the writing up stands."""
    if not found.is_formal:
        return {}
    offered = papers.of_record(found)
    return {
        "can_settle": explain(policy.check_can_settle, user, found),
        "can_leave": explain(policy.check_can_leave_unsigned, user, found),
        "goes_on": policy.goes_on(found),
        "given_back": papers.given_back(offered),
        "is_offered": bool(found.open_offer_id),
        "may_leave": found.other_id == user.pk,
    }


# As it is signed ----------------------------------------------------------------------------------------------


def reading_page(
    request: HttpRequest, found: Assessment, form: SignForm | None = None, *, status: int = 200
) -> HttpResponse:
    """The record, out for signature or sealed, from the signed content alone."""
    user = reader(request)
    why = policy.check_can_read(user, found)
    offered = papers.of_record(found)
    record = offered[-1]
    found.open_offer = record.offer  # with its parties and answers at hand, for the policy
    audit.opened(user, found, why=why)
    asks = record.waits_for(user)
    is_party = found.is_between(user)
    context = {
        "assessment": found,
        "paper": record,
        "content": record.content,
        "domains": content.said_domains(record.content),
        "figure": content.figure(record.content),
        "sentence": content.sentence(record.content),
        "trend": content.trend(record.content),
        "asks": asks,
        "form": _sign_form(form, record) if asks else None,
        "steps": papers.steps_of(offered) if is_party else [],
        "waits_for": [signer.name for signer in record.signers if signer.kind == "waiting"],
        "is_party": is_party,
        "can_decline": is_party and explain(policy.check_can_decline, user, found),
        "can_ask": is_party and explain(policy.check_can_ask_for_change, user, found),
        "can_take_back": is_party and explain(policy.check_can_take_back, user, found),
        "sees": sees(found, user),
        "invalid": status == 422,
    }
    return render(request, "competencies/assessments/reading.html", context, status=status)


def _sign_form(form: SignForm | None, record: Any) -> SignForm:
    return form or SignForm(initial={"seen": record.offer.digest}, intent=content.PERSON_INTENT)


@require_safe
def pdf(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The sealed PDF."""
    user = reader(request)
    found = assessment_for(user, pk)
    why = policy.check_can_read(user, found)
    document = documents.document_of(found) if found.is_sealed else None
    if document is None:
        raise WrongState(_("The PDF is made when the record is sealed. It will be here in a minute."))
    audit.opened(user, found, why=why, action="downloaded")
    day = timezone.localtime(found.sealed_at)
    return documents.stream(document, f"assessment-{day:%Y-%m-%d}.pdf")


@require_safe
def own(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What one marked oneself: given and waiting for the other, or not given in the end. Nobody else sees it."""
    user = reader(request)
    found = assessment_of(user, pk)
    part = own_part(found, user)
    encryption.unlock([part])
    body = marking.of_domains(found.framework.body, content.side_of(found, user))
    mine = compare(body, marking.of_data(part.marks), None)
    names = {"own": _("You"), "other": ""}
    context = {
        "assessment": found,
        "part": part,
        "domains": [
            {"domain": domain, "rows": [_said(line, found, names) for line in mine.of_domain(domain)]}
            for domain in body.domains
        ],
        "unsent": _unsent(user, found),
        "url": address("assessment", pk),
    }
    return render(request, "competencies/assessments/own.html", context)


def _unsent(user: User, found: Assessment) -> list[tuple[str, str]]:
    """What was typed into one's part and never saved: it can still be read after it was shown or has ended."""
    kept = drafts.kept(user, operations.draft_of(found.pk))
    said = {SAY + one.id: one.title or one.text for one in found.framework.body.statements}
    rows = kept[0].items() if kept else ()
    return [(said[name], values[0]) for name, values in rows if name in said and values and values[0]]
