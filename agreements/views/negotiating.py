"""Writing an agreement together: suggest how a part should read, answer, agree, and keep a part for the next session."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from supervision.pages import words
from supervision.pages.forms import posted
from supervision.pages.responses import conflict
from supervision.records import audit
from supervision.records.errors import Invalid, Stale, WrongState

from .. import content, operations, policy, sheets, standard, wording
from ..forms import SuggestForm
from ..models import Agreement, Clause, Turn
from .common import Request, agency, detail_url, find, get_and_post, no_such_part, number_sent


def _part_url(agreement: Agreement, number: int) -> str:
    return f"{detail_url(agreement)}#part-{number}"


# Suggesting ----------------------------------------------------------------------------------------------------------


@get_and_post
def clause(request: Request, pk: uuid.UUID, clause_id: uuid.UUID) -> HttpResponse:
    """Suggest how one part should read, and why; beside it what was said of it so far."""
    agreement = find(request, pk)
    policy.check_can_edit(request.user, agreement)
    rows = content.rows_of(agreement, agency=agency(request), versions=[])
    found = next((one for one in rows.clauses if one.pk == clause_id), None)
    if found is None:
        return no_such_part(request)
    found.agreement = agreement
    form = SuggestForm(posted(request), clause=found, said=_start_from(found, agreement))
    if request.method == "POST" and form.is_valid():
        try:
            operations.suggest(
                clause=found,
                seen=form.cleaned_data["version"],
                text=form.cleaned_data["text"],
                terms=form.terms,
                reason=form.cleaned_data["reason"],
                by=request.user,
            )
        except Stale:
            return _beside_theirs(request, rows, found, form)
        except Invalid as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        except WrongState as refusal:
            return conflict(request, what=refusal.message, url=detail_url(agreement), forms=[form])
        else:
            others = words.join_names(
                one.person.called for one in rows.parties if one.person_id != request.user.pk
            )
            messages.success(request, _("Suggested. It is with %(names)s to answer.") % {"names": others})
            return redirect(_part_url(agreement, rows.clauses.index(found) + 1))
    if request.method == "GET":
        audit.opened(request.user, agreement, why="party")
    return _clause_page(request, rows, found, form)


def _start_from(clause: Clause, agreement: Agreement) -> dict[str, Any]:
    """What the form starts from: the suggestion that waits, otherwise the wording of now."""
    if clause.suggestion is not None:
        return dict(clause.suggestion.after)
    return wording.words_of(clause.key, clause.text, agreement)


def _beside_theirs(request: Request, rows: content.Rows, found: Clause, form: SuggestForm) -> HttpResponse:
    """409: how the part stands now beside what was typed. Sending it again answers theirs, knowingly."""
    agreement = find(request, rows.agreement.pk)
    rows = content.rows_of(agreement, agency=agency(request), versions=[])
    fresh = next(one for one in rows.clauses if one.pk == found.pk)
    fresh.agreement = agreement
    mine = {"text": form.cleaned_data["text"], "terms": {}}
    mine["terms"] = {name: wording.plain(value) for name, value in form.terms.items()}
    again = SuggestForm(clause=fresh, said=mine, reason=form.cleaned_data["reason"])
    return _clause_page(request, rows, fresh, again, mine=mine)


def _clause_page(
    request: Request,
    rows: content.Rows,
    found: Clause,
    form: SuggestForm,
    *,
    mine: dict[str, Any] | None = None,
) -> HttpResponse:
    number = rows.clauses.index(found) + 1
    part = standard.of(rows.agreement).part(found.key)
    before, after = wording.set_sentences(found.key, rows.agreement, content.people(rows))
    context = {
        "agreement": rows.agreement,
        "clause": found,
        "number": number,
        "before": before,
        "after": after,
        "own": wording.own(found.text),
        "guidance": part.guidance if part else (),
        "sources": part.sources if part else "",
        "form": form,
        "suggestion": sheets.suggestion_of(found, rows, request.user),
        "thread": sheets.thread_of(found, request.user),
        "mine": sheets.difference_of(found, rows, mine) if mine is not None else None,
        "back_url": _part_url(rows.agreement, number),
        "invalid": bool(form.errors),
    }
    status = 409 if mine is not None else 422 if form.errors else 200
    return render(request, "agreements/clause.html", context, status=status)


# Answering -----------------------------------------------------------------------------------------------------------


@require_POST
def answer(request: Request, pk: uuid.UUID, clause_id: uuid.UUID) -> HttpResponse:
    """Take a suggestion, take one's own back, agree to a part, or keep it for the next session."""
    agreement = find(request, pk)
    policy.check_can_edit(request.user, agreement)
    found = agreement.clauses.filter(pk=clause_id).first()
    write = _ANSWERS.get(request.POST.get("answer", ""))
    if found is None or write is None:
        return no_such_part(request)
    found.agreement = agreement
    url = _part_url(agreement, found.position + 1)
    try:
        messages.success(request, write(request, found))
    except Stale as refusal:
        return conflict(request, what=refusal.message, url=url)
    except WrongState as refusal:
        return conflict(request, what=refusal.message, url=url)
    return redirect(url)


def _suggestion_sent(request: Request, clause: Clause) -> Turn:
    """The suggestion that was on the page. Raises Stale when there is none of that id in this part."""
    try:
        pk = uuid.UUID(request.POST.get("suggestion", ""))
    except ValueError:
        pk = uuid.UUID(int=0)
    found = clause.turns.filter(pk=pk, kind=Turn.Kind.SUGGESTED).select_related("by").first()
    if found is None:
        raise Stale(_("This suggestion was answered or replaced meanwhile. Read how the part stands now."))
    found.clause, found.agreement = clause, clause.agreement
    return found


def _take(request: Request, clause: Clause) -> str:
    suggestion = _suggestion_sent(request, clause)
    operations.take(suggestion=suggestion, by=request.user)
    said = _("You took the wording of %(name)s. You both agree to part %(number)d.")
    if clause.agreement.parties.count() > 2:
        said = _(
            "You took the wording of %(name)s. You both agree to part %(number)d; the others are asked to."
        )
    return said % {"name": suggestion.by.called, "number": clause.position + 1}


def _withdraw(request: Request, clause: Clause) -> str:
    operations.withdraw(suggestion=_suggestion_sent(request, clause), by=request.user)
    return _("Taken back. Part %(number)d reads as before.") % {"number": clause.position + 1}


def _park(request: Request, clause: Clause) -> str:
    operations.park(clause=clause, seen=number_sent(request, "seen"), by=request.user)
    said = _("Part %(number)d is on the agenda of your next session.")
    if sheets.next_session(clause.agreement) is None:
        said = _("Part %(number)d is kept. It is on the agenda of your next session once one is planned.")
    return said % {"number": clause.position + 1}


def _agree(request: Request, clause: Clause) -> str:
    done = operations.agree(
        agreement=clause.agreement, seen={clause.pk: number_sent(request, "wording")}, by=request.user
    )
    if done.changed_meanwhile:
        raise Stale(_("This part was changed while you were reading. Read how it stands now."))
    return _("You agree to part %(number)d as it stands.") % {"number": clause.position + 1}


_ANSWERS = {"take": _take, "withdraw": _withdraw, "park": _park, "agree": _agree}


@require_POST
def agree(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Agree to every part that was on the page as it stands there."""
    agreement = find(request, pk)
    policy.check_can_edit(request.user, agreement)
    done = operations.agree(agreement=agreement, seen=_seen(request), by=request.user)
    if done.agreed:
        said = ngettext(
            "You agree to %(n)d part as it stands.",
            "You agree to %(n)d parts as they stand.",
            len(done.agreed),
        )
        messages.success(request, said % {"n": len(done.agreed)})
    if done.changed_meanwhile:
        said = _("Changed while you were reading, and so left out: %(parts)s.")
        messages.warning(request, said % {"parts": words.join_names(done.changed_meanwhile)})
    return redirect(detail_url(agreement))


def _seen(request: Request) -> dict[uuid.UUID, int]:
    """The wording of each part that was on the page: `<part>:<version>`. What can't be read counts as not seen."""
    found: dict[uuid.UUID, int] = {}
    for pair in request.POST.getlist("part"):
        part, _colon, version = pair.partition(":")
        try:
            found[uuid.UUID(part)] = int(version) if version.isascii() and version.isdigit() else -1
        except ValueError:
            continue
    return found


@require_safe
def parked(request: Request, turn_id: uuid.UUID) -> HttpResponse:
    """From an agenda to the part that was kept for it."""
    turn = get_object_or_404(Turn.objects.select_related("clause"), pk=turn_id)
    agreement = find(request, turn.agreement_id)
    policy.check_is_party(request.user, agreement)
    return redirect(_part_url(agreement, turn.clause.position + 1))


@require_POST
def people(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Name those who take part now."""
    agreement = find(request, pk)
    policy.check_can_edit(request.user, agreement)
    operations.update_people(agreement=agreement, by=request.user)
    messages.success(request, _("The names are up to date."))
    return redirect(reverse("agreements:detail", args=[agreement.pk]))
