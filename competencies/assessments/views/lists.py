"""The list of one's assessments: what waits, and what is behind; and for managers what was signed."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from supervision.pages import keyset, words
from supervision.pages.prepared import prepared
from supervision.pages.templatetags.ui import tag
from supervision.people import policy as people
from supervision.people.models import User
from supervision.people.requests import reader
from supervision.records.models import Answer

from ..models import Assessment, AssessmentPart, AssessmentQuerySet
from .common import address

SIZE = 25
WORDS = ("settled", "strengths", "to_grow", "framework__content", "framework__framework__draft")


def for_lists(rows: AssessmentQuerySet, user: User) -> AssessmentQuerySet:
    """Assessments without their words, with what a line of a list says. One query."""
    parts = AssessmentPart.objects.filter(assessment=OuterRef("pk"), given_at__isnull=False)
    answered = Answer.objects.filter(offer=OuterRef("open_offer"), person=user)
    return (
        rows.select_related("person", "other", "framework__framework")
        .defer(*WORDS)
        .annotate(
            own_given=Exists(parts.filter(author=user)),
            other_given=Exists(parts.exclude(author=user)),
            has_answered=Exists(answered),
        )
    )


def row_of(one: Any, user: User) -> dict[str, Any]:
    """One line of a list: no query."""
    tag, kind = _tag(one, user)
    return {
        "title": one.framework.title,
        "about": _about(one, user),
        "from_day": one.from_day,
        "until_day": one.until_day,
        "begun_at": one.begun_at,
        "is_formal": one.is_formal,
        "url": address("assessment", one.pk),
        "tag": tag,
        "kind": kind,
    }


def _about(one: Any, user: User) -> str:
    if one.other_id is None:
        return _("Only you")
    names = {"person": one.person.name, "other": one.other.name}
    if one.person_id == user.pk:
        return _("Your practice, with %(other)s") % names
    if one.other_id == user.pk:
        return _("The practice of %(person)s, with you") % names
    return _("The practice of %(person)s, with %(other)s") % names


def _tag(one: Any, user: User) -> tuple[str, str]:
    if one.is_sealed:
        return _("Sealed"), "done"
    if one.ended_at is not None:
        return str(one.get_ended_how_display()), ""
    if one.open_offer_id:
        return (_("Out for signature"), "") if one.has_answered else (_("Your signature"), "wait")
    if one.is_shown:
        if one.is_formal:
            return (_("To write up"), "wait") if one.other_id == user.pk else (_("To be written up"), "")
        return (_("Finished"), "private") if one.is_alone else (_("Shown to both"), "done")
    if not one.own_given:
        return (_("Your part"), "wait")
    return _("Waits for the other part"), ""


def table_of(page: keyset.Page, user: User) -> dict[str, Any] | None:
    """The table of these assessments; None where there are none."""
    if not page.items:
        return None
    headings = [_("What"), _("Whose practice"), _("Period"), _("Now")]
    formal, period = format_html("<small>{}</small>", _("Formal")), _("%(first)s to %(last)s")
    return {"headings": headings, "rows": [_cells(row_of(one, user), formal, period) for one in page.items]}


def _cells(row: dict[str, Any], formal: str, period: str) -> list[str]:
    first, last = words.short_day(row["from_day"]), words.short_day(row["until_day"])
    what = format_html(
        '<a href="{}">{}<span class="visually-hidden">, {}, {}</span></a>{}',
        row["url"],
        row["title"],
        row["about"],
        words.day(row["until_day"]),
        formal if row["is_formal"] else "",
    )
    return [what, row["about"], period % {"first": first, "last": last}, tag(row["tag"], row["kind"])]


@prepared
def _newest(user: User) -> QuerySet[Assessment]:
    return for_lists(Assessment.objects.of(user), user).order_by("-begun_at", "-id")[: SIZE + 1]


@prepared
def _newest_signed(user: User) -> QuerySet[Assessment]:
    rows = for_lists(Assessment.objects.signed_for_manager(user), user)
    return rows.order_by("-sealed_at", "-id")[: SIZE + 1]


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Every assessment that this person has a part in, newest first."""
    user = reader(request)
    if request.GET.get(keyset.PARAMETER):
        rows = for_lists(Assessment.objects.of(user), user)
        page = keyset.page_of(rows, request.GET, size=SIZE, date_field="begun_at")
    else:
        page = keyset.first_page(_newest(user), request.GET, size=SIZE, date_field="begun_at")
    context = {
        "page": page,
        "table": table_of(page, user),
        "manages": people.manages_somewhere(user),
    }
    return render(request, "competencies/assessments/list.html", context)


@require_safe
def signed(request: HttpRequest) -> HttpResponse:
    """For program managers: the formal ones that are signed and sealed."""
    user = reader(request)
    people.check_manages(user)
    if request.GET.get(keyset.PARAMETER):
        rows = for_lists(Assessment.objects.signed_for_manager(user), user)
        page = keyset.page_of(rows, request.GET, size=SIZE, date_field="sealed_at")
    else:
        page = keyset.first_page(_newest_signed(user), request.GET, size=SIZE, date_field="sealed_at")
    context = {"page": page, "table": table_of(page, user)}
    return render(request, "competencies/assessments/signed.html", context)
