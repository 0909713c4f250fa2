"""Everything that changes a job description. One write is one operation here, named for what a person does."""

from __future__ import annotations

import datetime
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from supervision.people.models import User
from supervision.records import audit
from supervision.records.errors import Invalid, Stale, WrongState
from supervision.records.models import RecordKey

from .. import locks
from ..models import (
    SECTION_NAMES,
    DescriptionDraft,
    DescriptionRead,
    DescriptionReply,
    JobDescription,
)
from . import notifications, policy

NEEDED = {
    "title": gettext_lazy("Enter the title of the role"),
    "purpose": gettext_lazy("Say what the role is for"),
    "does": gettext_lazy("Say what the person does"),
    "does_not": gettext_lazy("Say what is not part of the role"),
}


@dataclass(frozen=True)
class Sections:
    """The words of a job description."""

    title: str = ""
    purpose: str = ""
    does: str = ""
    does_not: str = ""
    works_with: str = ""
    hours_and_place: str = ""
    supervised_for: str = ""


def newest_of(person: User) -> JobDescription | None:
    """The version put in force last, whether its day has come or not."""
    return JobDescription.objects.filter(person=person).order_by("-number").first()


def sections_of(row: DescriptionDraft | JobDescription | None) -> Sections:
    return Sections(**{name: getattr(row, name) for name in SECTION_NAMES}) if row else Sections()


@transaction.atomic
def save_draft(person: User, *, by: User, sections: Sections, version: int) -> DescriptionDraft:
    """Save what is being prepared. `version` is that of the draft the form was made from, 0 where there was none.

    Raises NotFound, Denied, WrongState, Stale.
    """
    person = locks.person(person)
    policy.check_can_write(by, person)
    draft = _draft(person, version)
    if draft is None:
        draft = DescriptionDraft(person=person, version=0)
    for name, words in asdict(sections).items():
        setattr(draft, name, words.strip())
    draft.saved_by, draft.saved_at = by, timezone.now()
    draft.version += 1
    draft.save()
    audit.record(by, "job description drafted", about=draft, facts={"person": str(person.pk)})
    return draft


@transaction.atomic
def discard_draft(person: User, *, by: User, version: int) -> None:
    """Throw away what is being prepared. What is in force stays. Raises NotFound, Denied, WrongState, Stale."""
    person = locks.person(person)
    policy.check_can_write(by, person)
    draft = _draft(person, version)
    if draft is None:
        raise WrongState(_("There is no draft any more."))
    audit.record(by, "job description draft discarded", about=draft, facts={"person": str(person.pk)})
    _remove(draft)


@transaction.atomic
def put_in_force(person: User, *, by: User, from_day: datetime.date, version: int) -> JobDescription:
    """Make a version of the draft that was on the page. From then on it never changes, and the person is told.

    Raises NotFound, Denied, WrongState, Stale, and Invalid when something is missing.
    """
    person = locks.person(person)
    policy.check_can_write(by, person)
    draft = _draft(person, version)
    if draft is None:
        raise WrongState(_("There is no draft any more. It may be in force already."))
    check_complete(draft)
    before = newest_of(person)
    policy.check_from_day(from_day, before)
    made = JobDescription(
        person=person,
        number=before.number + 1 if before else 1,
        from_day=from_day,
        put_in_force_by=by,
        **asdict(sections_of(draft)),
    )
    made.save()
    audit.record(
        by, "job description put in force", about=made, covers=made, facts={"person": str(person.pk)}
    )
    _remove(draft)
    notifications.in_force(made)
    return made


def check_complete(draft: DescriptionDraft) -> None:
    """Raises Invalid, naming the field."""
    for name, said in NEEDED.items():
        if not getattr(draft, name):
            raise Invalid(str(said), field=name)
    before = newest_of(draft.person)
    if before is not None and sections_of(before) == sections_of(draft):
        raise Invalid(_("Nothing in it differs from version %(n)s yet.") % {"n": before.number})


@transaction.atomic
def say_read(description: JobDescription, *, by: User) -> None:
    """The person says that they have read it. Raises NotFound, Denied, AlreadyDone, WrongState."""
    locks.person(description.person)
    policy.check_can_say_read(by, description)
    made = DescriptionRead(description=description, by=by)
    made.save()
    audit.record(by, "job description read", about=description, covers=made)


@transaction.atomic
def say_what_differs(description: JobDescription, *, by: User, words: str) -> DescriptionReply:
    """The person says what does not fit the work they really do. Raises NotFound, Denied, WrongState, Invalid.

    The same words twice in a row are one reply: a button pressed twice.
    """
    if not words.strip():
        raise Invalid(_("Say what does not fit, in your own words"), field="words")
    locks.person(description.person)
    policy.check_can_reply(by, description)
    last = description.replies.order_by("-at", "-id").first()
    if last is not None and last.words == words.strip():
        return last
    made = DescriptionReply(description=description, by=by, words=words.strip())
    made.save()
    audit.record(by, "job description answered", about=description, covers=made)
    notifications.differs(description)
    return made


def _draft(person: User, version: int) -> DescriptionDraft | None:
    """The draft as it is now, if it is the one that the form was made from. Raises Stale."""
    found = DescriptionDraft.objects.select_for_update().filter(person=person).first()
    if (found.version if found else 0) != version:
        if found is None:
            raise Stale(_("This draft was put in force or thrown away meanwhile."))
        raise Stale(_("%(name)s saved this draft after you opened it.") % {"name": found.saved_by.called})
    return found


def _remove(draft: DescriptionDraft) -> None:
    RecordKey.objects.filter(pk=draft.encryption_id).delete()
    draft.delete()
