"""Rows of the lists: one's own, the people whose work one looks after, and what one wrote or reads about them."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _

from supervision.people.models import User

from . import circle
from .models import DescriptionDraft, DescriptionRead, JobDescription, PerformanceNote

WORDS = ("happened", "facts", "expectation", "support", "open_offer__content")


def notes_for_lists(user: User) -> QuerySet[PerformanceNote]:
    """What this person may know of, without its words."""
    rows = PerformanceNote.objects.visible_to(user).select_related(
        "worker", "author", "line_manager", "open_offer"
    )
    return rows.defer(*WORDS).prefetch_related("open_offer__answers")


def row_of(note: PerformanceNote, user: User) -> dict[str, Any]:
    """One line of a list: no query."""
    tag, kind = _tag(note, user)
    return {
        "note": note,
        "label": note.get_kind_display(),
        "day": note.first_sent_at or note.started_at,
        "url": reverse("performance:note", args=[note.pk]),
        "tag": tag,
        "kind": kind,
    }


def _tag(note: PerformanceNote, user: User) -> tuple[str, str]:
    if note.withdrawn_at is not None:
        return _("Withdrawn"), ""
    if note.is_sealed:
        return _("Sealed"), "done"
    if note.is_draft:
        return (_("Draft"), "") if note.author_id == user.pk else (_("Being changed"), "")
    answered = note.open_offer is not None and any(
        answer.person_id == user.pk for answer in note.open_offer.answers.all()
    )
    if note.is_between(user) and not answered:
        return _("Your signature"), "wait"
    return _("With %(name)s to answer") % {"name": note.worker.called}, ""


def people_of(user: User) -> QuerySet[User]:
    """The people whose work this person looks after, each with how, and where their job description stands. One query."""
    newest = JobDescription.objects.filter(person=OuterRef("pk")).order_by("-number")
    read = DescriptionRead.objects.filter(
        description__person=OuterRef("pk"), description__number=OuterRef("newest")
    )
    writes = Q(circle.line_manages(user)) | Q(circle.manages_program_of(user))
    return (
        circle.people_whose_job_is_read_by(user)
        .filter(is_active=True)
        .annotate(
            newest=Subquery(newest.values("number")[:1]),
            newest_from=Subquery(newest.values("from_day")[:1]),
            newest_id=Subquery(newest.values("pk")[:1]),
            is_line=Case(
                When(circle.line_manages(user), then=Value(True)),
                default=Value(False),
                output_field=BooleanField(),
            ),
            is_supervised=circle.supervises(user),
            is_of_program=circle.manages_program_of(user),
            may_write_job=Case(
                When(writes, then=Value(True)), default=Value(False), output_field=BooleanField()
            ),
            has_draft=Exists(DescriptionDraft.objects.filter(person=OuterRef("pk"))),
        )
        .annotate(newest_read=Exists(read))
    )


def said_of(person: Any) -> str:
    """How one looks after this person's work."""
    how = [
        said
        for yes, said in (
            (person.is_line, _("you are the line manager")),
            (person.is_supervised, _("you supervise them")),
            (person.is_of_program, _("of a program you manage")),
        )
        if yes
    ]
    text = ", ".join(how)
    return text[:1].upper() + text[1:]


def state_of_job(person: Any) -> tuple[str, str]:
    """Where the job description of this person stands: words and the kind of tag."""
    if person.newest is None:
        if person.may_write_job and person.has_draft:
            return _("Being written"), ""
        return _("None yet"), ""
    if person.may_write_job and person.has_draft:
        return _("Next version being written"), "info"
    if person.newest_read:
        return _("Version %(n)s, read") % {"n": person.newest}, "done"
    return _("Version %(n)s, not read yet") % {"n": person.newest}, "wait"
