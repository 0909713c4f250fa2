"""Telling people that there is something to read. The mails carry no content."""

from __future__ import annotations

from django.urls import reverse

from supervision.notices import mail

from .. import circle
from ..models import JobDescription


def path_of(description: JobDescription) -> str:
    return reverse("performance:description", args=[description.pk])


def in_force(description: JobDescription) -> None:
    """The person whose job it is."""
    mail.tell(description.person, "read", path=path_of(description))


def differs(description: JobDescription) -> None:
    """Whoever put it in force, if they may still read it; otherwise the line manager of now."""
    wrote = description.put_in_force_by
    reads = circle.people_whose_job_is_read_by(wrote).filter(pk=description.person_id).exists()
    told = wrote if reads else circle.line_manager_of(description.person)
    if told is not None:
        mail.tell(told, "answered", path=path_of(description))
