"""Everything that is held about a person, for that person (domain 7, 8): as data, and what they signed as it was sealed.

Each kind of row says whose it is. What others wrote in confidence about somebody else is not theirs, whoever signed it: of records in
which they led or supervised they get the facts.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

from agreements.models import Accession, Agreement, AgreementEnding, AgreementReview, Turn, while_there
from competencies.models import (
    Assessment,
    AssessmentPart,
    EvidenceFile,
    Goal,
    GoalReader,
    GoalStep,
    NamedView,
    ProgramAction,
    ProgramAsked,
    ProgressNote,
    Sheet,
    TrainingEntry,
)
from supervision.concerns.models import (
    Concern,
    Letter,
    LetterMessage,
    LetterReader,
    NotReached,
    OutsideReport,
    WorkerStatement,
)
from supervision.disclosure.models import Disclosure, Told
from supervision.guidance.models import SilencedHint
from supervision.handover.models import HandedOver, Handover
from supervision.hours.models import HoursLetter
from supervision.imports.models import Import
from supervision.notes.models import Note
from supervision.notices.models import Reminder, ReminderChoices, Suggestion, YearlyNotice
from supervision.overview.opened import log
from supervision.people.changes import all_changes
from supervision.people.models import (
    Acknowledgement,
    Arrangement,
    Away,
    CalendarFeed,
    Credential,
    EmailChange,
    Invitation,
    Management,
    Participation,
    PasswordReset,
    Place,
    User,
)
from supervision.performance.models import (
    DescriptionRead,
    DescriptionReply,
    JobDescription,
    PerformanceNote,
)
from supervision.records import archives, disposal, encryption, snapshot
from supervision.records.encryption import EncryptedBytes
from supervision.records.models import Answer, Document, Draft, Offer, OfferClosed, OfferParty, Opening
from supervision.reports.models import Choice, Report
from supervision.retention.models import Disposal
from supervision.sessions.models import (
    Action,
    ActionEvent,
    Addendum,
    AgendaItem,
    Attendance,
    Attendee,
    ImportedAttendee,
    ImportedMeeting,
    Matter,
    MatterReply,
    Observation,
    ObservationAddendum,
    Session,
)

from . import archive
from .models import Export, LeavingLink

Rows = Callable[[User], QuerySet[Any]]


@dataclass(frozen=True)
class Held:
    """Rows of one kind that are a person's, the fields of them that are not, and when one of these is all the same."""

    rows: Rows
    without: frozenset[str] = frozenset()
    given_if: Mapping[str, Callable[[User, Any], bool]] = field(default_factory=dict)

    def left_out(self, user: User, row: models.Model) -> frozenset[str]:
        return self.without - {name for name, asked in self.given_if.items() if asked(user, row)}


def _held(rows: Rows, *without: str, **given_if: Callable[[User, Any], bool]) -> Held:
    return Held(rows, frozenset(without), given_if)


# Where somebody who led has no words of others: the facts of a session, never what is written in it.
_WORDS_OF_SESSIONS = ("strengths", "outcomes", "protocol", "pending", "place", "state_note")
# What a record says while somebody else still writes it: nobody sees that before it is sent.
_OF_A_DRAFT = ("purposes", "methods", "ad_hoc", "focus", "minutes", "modality")


def _is_anothers_draft(user: User, session: Session) -> bool:
    return session.is_draft and session.recorder_id != user.pk


def _is_known(user: User, session: Session) -> bool:
    return not _is_anothers_draft(user, session)


HELD: dict[type[models.Model], Held] = {
    # The account and what stands around it
    User: _held(lambda user: User.objects.filter(pk=user.pk), "password", "is_held"),
    EmailAddress: _held(lambda user: EmailAddress.objects.filter(user=user)),
    Authenticator: _held(lambda user: Authenticator.objects.filter(user=user), "data"),
    UserSession: _held(lambda user: UserSession.objects.filter(user=user), "session_key", "data"),
    Credential: _held(lambda user: Credential.objects.of(user)),
    Place: _held(lambda user: Place.objects.filter(person=user)),
    Management: _held(lambda user: Management.objects.filter(person=user)),
    Participation: _held(lambda user: Participation.objects.filter(person=user)),
    Arrangement: _held(
        lambda user: Arrangement.objects.filter(participations__person=user).distinct(), "made_by"
    ),
    Away: _held(lambda user: Away.objects.filter(person=user)),
    Acknowledgement: _held(lambda user: Acknowledgement.objects.filter(person=user)),
    Invitation: _held(lambda user: Invitation.objects.filter(person=user)),
    EmailChange: _held(lambda user: EmailChange.objects.filter(person=user)),
    PasswordReset: _held(lambda user: PasswordReset.objects.filter(person=user)),
    CalendarFeed: _held(lambda user: CalendarFeed.objects.filter(person=user), "digest"),
    SilencedHint: _held(lambda user: SilencedHint.objects.filter(person=user)),
    Suggestion: _held(
        lambda user: Suggestion.objects.filter(
            Q(audience=user) | Q(audience=None, arrangement__in=_taking_part(user))
        )
    ),
    YearlyNotice: _held(lambda user: YearlyNotice.objects.filter(person=user)),
    Reminder: _held(lambda user: Reminder.objects.of(user)),
    ReminderChoices: _held(lambda user: ReminderChoices.objects.filter(person=user)),
    Report: _held(lambda user: Report.objects.filter(asked_by=user)),
    Choice: _held(lambda user: Choice.objects.filter(owner=user)),
    Import: _held(lambda user: Import.objects.filter(sent_by=user), "file", "found"),
    Export: _held(lambda user: Export.objects.of(user)),
    LeavingLink: _held(lambda user: LeavingLink.objects.filter(person=user)),
    # What they write for themself
    Note: _held(lambda user: Note.objects.filter(author=user)),
    Draft: _held(lambda user: Draft.objects.filter(person=user)),
    Goal: _held(lambda user: Goal.objects.of(user)),
    GoalStep: _held(lambda user: GoalStep.objects.filter(goal__owner=user)),
    GoalReader: _held(lambda user: GoalReader.objects.filter(goal__owner=user)),
    ProgressNote: _held(lambda user: ProgressNote.objects.filter(Q(goal__owner=user) | Q(author=user))),
    TrainingEntry: _held(lambda user: TrainingEntry.objects.of(user)),
    EvidenceFile: _held(
        lambda user: EvidenceFile.objects.filter(Q(entry__owner=user) | Q(credential__person=user))
    ),
    # Sessions: facts of all, their own words; what both signed is under “signed”
    Session: _held(
        lambda user: Session.objects.visible_to(user).filter(attendees__person=user).distinct(),
        *_WORDS_OF_SESSIONS,
        *_OF_A_DRAFT,
        **dict.fromkeys(_OF_A_DRAFT, _is_known),
        state_note=lambda user, row: row.state_by_id == user.pk,
        place=lambda user, row: row.state == Session.State.PLANNED,
    ),
    Attendee: _held(
        lambda user: Attendee.objects.filter(person=user).select_related("session"),
        *("attended", "minutes"),
        attended=lambda user, row: _is_known(user, row.session),
        minutes=lambda user, row: _is_known(user, row.session),
    ),
    ImportedMeeting: _held(lambda user: ImportedMeeting.objects.of(user), "reference", "source"),
    ImportedAttendee: _held(lambda user: ImportedAttendee.objects.filter(person=user)),
    Attendance: _held(lambda user: Attendance.objects.filter(person=user)),
    AgendaItem: _held(
        lambda user: AgendaItem.objects.filter(
            Q(raised_by=user) | Q(pk__in=AgendaItem.objects.shown_to(user).filter(session__in=_agendas(user)))
        ),
        "outcome",
    ),
    Action: _held(lambda user: Action.objects.visible_to(user).filter(owner=user)),
    ActionEvent: _held(lambda user: ActionEvent.objects.filter(by=user)),
    Addendum: _held(lambda user: Addendum.objects.filter(Q(author=user) | Q(session__in=_alone(user)))),
    Observation: _held(
        lambda user: Observation.objects.visible_to(user).filter(worker=user), "strengths", "growth"
    ),
    HoursLetter: _held(lambda user: HoursLetter.objects.visible_to(user)),
    ObservationAddendum: _held(
        lambda user: ObservationAddendum.objects.filter(Q(author=user) | Q(observation__worker=user))
    ),
    Matter: _held(lambda user: Matter.objects.between(user)),
    MatterReply: _held(lambda user: MatterReply.objects.filter(matter__in=Matter.objects.between(user))),
    # Agreements and how they came together
    Agreement: _held(lambda user: Agreement.objects.visible_to(user).filter(parties__person=user).distinct()),
    Turn: _held(lambda user: Turn.objects.filter(by=user)),
    AgreementEnding: _held(
        lambda user: AgreementEnding.objects.filter(
            while_there(user, "recorded_at"), agreement__parties__person=user
        )
    ),
    AgreementReview: _held(
        lambda user: AgreementReview.objects.filter(
            while_there(user, "started_at"), agreement__parties__person=user
        )
    ),
    Accession: _held(lambda user: Accession.objects.filter(person=user)),
    # How their work is seen
    Assessment: _held(
        lambda user: Assessment.objects.visible_to(user).filter(person=user),
        *("settled", "strengths", "to_grow"),
    ),
    AssessmentPart: _held(
        lambda user: AssessmentPart.objects.filter(
            Q(author=user)
            | Q(
                assessment__person=user,
                assessment__shown_at__isnull=False,
                given_at__isnull=False,
                withdrawn_at=None,
            )
        )
    ),
    Sheet: _held(lambda user: Sheet.objects.filter(person=user)),
    NamedView: _held(lambda user: NamedView.objects.visible_to(user)),
    ProgramAsked: _held(lambda user: ProgramAsked.objects.filter(person=user)),
    ProgramAction: _held(lambda user: ProgramAction.objects.filter(who=user)),
    JobDescription: _held(lambda user: JobDescription.objects.filter(person=user)),
    DescriptionRead: _held(lambda user: DescriptionRead.objects.filter(by=user)),
    DescriptionReply: _held(lambda user: DescriptionReply.objects.filter(by=user)),
    PerformanceNote: _held(
        lambda user: PerformanceNote.objects.visible_to(user).filter(
            worker=user, first_sent_at__isnull=False
        ),
        *("happened", "facts", "expectation", "support", "outcome"),
    ),
    # Concerns and letters
    Concern: _held(lambda user: Concern.objects.visible_to(user).filter(worker=user), "begun_at"),
    WorkerStatement: _held(lambda user: WorkerStatement.objects.filter(by=user)),
    NotReached: _held(
        lambda user: NotReached.objects.filter(
            Q(by=user) | Q(concern__worker=user, concern__told_at__isnull=False)
        )
    ),
    OutsideReport: _held(
        lambda user: OutsideReport.objects.filter(
            concern__in=Concern.objects.visible_to(user).filter(worker=user)
        )
    ),
    Letter: _held(lambda user: Letter.objects.filter(writer=user)),
    LetterMessage: _held(lambda user: LetterMessage.objects.filter(Q(letter__writer=user) | Q(by=user))),
    LetterReader: _held(lambda user: LetterReader.objects.filter(letter__writer=user)),
    # What was asked for by law, and what will be removed
    Disclosure: _held(lambda user: Disclosure.objects.filter(told__person=user)),
    Told: _held(lambda user: Told.objects.filter(person=user)),
    Disposal: _held(lambda user: Disposal.objects.filter(proposed_by=user), "stopped_reason"),
    # What went over to somebody who came to supervise
    Handover: _held(lambda user: Handover.objects.filter(Q(worker=user) | Q(to__person=user))),
    HandedOver: _held(lambda user: HandedOver.objects.filter(handover__worker=user)),
    # Signatures and openings
    Answer: _held(lambda user: Answer.objects.filter(person=user)),
    OfferClosed: _held(lambda user: OfferClosed.objects.filter(by=user)),
    OfferParty: _held(lambda user: OfferParty.objects.filter(person=user)),
    Opening: _held(lambda user: log.openings_of(user)),
}

# Rows that name people and are not given to them from here, each with its reason.
OF_THE_RECORD = "says who did something to a record; the record itself is given"
OF_ADMINISTRATORS = "what administrators decide; of what is theirs they are told on a page of its own"
OF_THE_AGENCY = "the agency's own text; nobody's words"
NOT_HELD: dict[str, str] = {
    "records.offer": "under “signed”",
    "records.seal": "under “signed”",
    "records.openparty": "a summary of offers that are open",
    "records.openedbyothers": "a summary of who opened what, which is given",
    "supervision_sessions.openaction": "a summary of actions, which are given",
    "people.standing": "a summary of an arrangement",
    "agreements.agreementtemplate": OF_THE_AGENCY,
    "agreements.templateedition": OF_THE_AGENCY,
    "agreements.agreementparty": "the agreement names them",
    "agreements.clause": "the words of an agreement, under “signed”; who changed one is in its turns",
    "requirements.requirementset": OF_THE_AGENCY,
    "requirements.inforce": OF_THE_AGENCY,
    "competencies.framework": OF_THE_AGENCY,
    "competencies.frameworkversion": OF_THE_AGENCY,
    "competencies.programassessment": "of a program; who was asked is given",
    "competencies.programactionevent": OF_THE_RECORD,
    "competencies.round": "of a round they opened nothing is known but bands, so that no answer can be told (decision 16)",
    "retention.rule": OF_THE_AGENCY,
    "retention.hold": OF_ADMINISTRATORS,
    "retention.holdending": OF_ADMINISTRATORS,
    "performance.descriptiondraft": "not put in force; whoever writes it may still throw it away",
}


def rows_of(user: User) -> dict[str, list[dict[str, Any]]]:
    """Every row that is this person's, by kind, with its words."""
    found = {}
    for model, held in HELD.items():
        rows = list(held.rows(user).order_by("pk"))
        _unlock(rows)
        if rows:
            found[model._meta.label_lower] = [_row(row, held.left_out(user, row)) for row in rows]
    return found


def _unlock(rows: list[Any]) -> None:
    if rows and any(isinstance(one, encryption.EncryptedField) for one in rows[0]._meta.concrete_fields):
        encryption.unlock(rows)


def _row(row: models.Model, without: frozenset[str]) -> dict[str, Any]:
    """One row as plain values: people by name, days and moments as text. Files lie beside the data."""
    fields = [one for one in row._meta.concrete_fields if one.name not in without]
    return {one.name: _value(row, one) for one in fields}


def _value(row: models.Model, field: Any) -> Any:
    if field.is_relation:
        other = getattr(row, field.name)
        return other.name if isinstance(other, User) else _plain(getattr(row, field.attname))
    if isinstance(field, EncryptedBytes):
        return None
    return _plain(getattr(row, field.attname))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, uuid.UUID | datetime.timedelta):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return None
    return value


# What was signed ----------------------------------------------------------------------------------------------


def signed_by(user: User) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
    """Everything that was offered to this person to sign, and letters of their hours: the facts of all, content and sealed file where it
    is about them.

    What was taken back again is its author's alone, as on the pages.
    """
    taken_back = models.Exists(OfferClosed.objects.filter(offer=models.OuterRef("pk")))
    mine = models.Exists(OfferParty.objects.filter(offer=models.OuterRef("pk"), person=user))
    letters = HoursLetter.objects.filter(worker=user).values("pk")  # signed by whoever supervised them
    rows = Offer.objects.filter(Q(mine) | Q(record_id__in=letters)).annotate(is_taken_back=taken_back)
    offers = list(rows.select_related("seal").order_by("offered_at", "id"))
    theirs = _about(user, offers) - set(
        disposal.gone().values_list("pk", flat=True).filter(pk__in=[one.record_id for one in offers])
    )
    files = {one.record_id: one for one in Document.objects.filter(record_id__in=theirs)}
    encryption.unlock([offer for offer in offers if offer.record_id in theirs], list(files.values()))
    found, packed = [], dict[str, bytes]()
    for offer in offers:
        entry: dict[str, Any] = {
            "kind": offer.kind,
            "record": str(offer.record_id),
            "offered_at": offer.offered_at.isoformat(),
        }
        seal = getattr(offer, "seal", None)
        if offer.record_id in theirs and not offer.is_taken_back:
            entry["content"] = snapshot.read(offer.content)
        if seal is not None:
            entry["sealed_at"] = seal.sealed_at.isoformat()
            if offer.record_id in files:
                name = f"records/{seal.sealed_at:%Y-%m-%d}-{files[offer.record_id].sha256[:12]}.pdf"
                entry |= {"file": name, "sha256": files[offer.record_id].sha256}
                packed[name] = bytes(files[offer.record_id].pdf)
        found.append(entry)
    return found, packed


def _about(user: User, offers: Iterable[Offer]) -> set[uuid.UUID]:
    """Of these records, the ones that are about this person and nobody else who is supervised (decision 13)."""
    ids: dict[str, set[uuid.UUID]] = {}
    for offer in offers:
        ids.setdefault(offer.record_label, set()).add(offer.record_id)
    found: set[uuid.UUID] = set()
    for label, rule in _ABOUT.items():
        found |= set(rule(user, ids.get(label, set())))
    return found


def _ids(rows: QuerySet[Any]) -> Iterable[uuid.UUID]:
    return rows.values_list("pk", flat=True)


def _taking_part(user: User) -> QuerySet[Any]:
    """The arrangements in which they take part now."""
    return Participation.objects.current().filter(person=user).values("arrangement")


def _agendas(user: User) -> QuerySet[Session]:
    """Sessions to come in which they are supervised and nobody else: what others share for them stands on their page."""
    return Session.objects.visible_to(user).filter(state=Session.State.PLANNED, pk__in=_alone(user))


def _alone(user: User) -> QuerySet[Session]:
    """Sessions in which they were supervised and nobody else."""
    several = Attendee.objects.filter(part__in=Participation.SUPPORTED).exclude(person=user)
    mine = Attendee.objects.filter(person=user, part__in=Participation.SUPPORTED)
    return Session.objects.filter(pk__in=mine.values("session")).exclude(pk__in=several.values("session"))


def _two(model: type[models.Model], related: str, user: User, ids: set[uuid.UUID]) -> Iterable[uuid.UUID]:
    """Those with this person as the only one who is supervised."""
    parts = Participation.SUPPORTED
    rows = model._default_manager.filter(pk__in=ids)
    mine = rows.filter(**{f"{related}__person": user, f"{related}__part__in": parts})
    counted = rows.filter(pk__in=mine.values("pk")).annotate(
        supported=models.Count(related, filter=Q(**{f"{related}__part__in": parts}), distinct=True)
    )
    return counted.filter(supported=1).values_list("pk", flat=True)


def _by(model: type[models.Model], **mine: str) -> Callable[[User, set[uuid.UUID]], Iterable[uuid.UUID]]:
    """Those whose named field is this person."""

    def rule(user: User, ids: set[uuid.UUID]) -> Iterable[uuid.UUID]:
        rows = model._default_manager.filter(pk__in=ids, **{mine["field"]: user})
        return rows.values_list("pk", flat=True)

    return rule


_ABOUT: Mapping[str, Callable[[User, set[uuid.UUID]], Iterable[uuid.UUID]]] = {
    Session._meta.label_lower: lambda user, ids: _two(Session, "attendees", user, ids),
    Agreement._meta.label_lower: lambda user, ids: _two(Agreement, "parties", user, ids),
    Attendance._meta.label_lower: _by(Attendance, field="person"),
    Accession._meta.label_lower: _by(Accession, field="person"),
    Observation._meta.label_lower: _by(Observation, field="worker"),
    HoursLetter._meta.label_lower: _by(HoursLetter, field="worker"),
    Assessment._meta.label_lower: _by(Assessment, field="person"),
    PerformanceNote._meta.label_lower: _by(PerformanceNote, field="worker"),
    Addendum._meta.label_lower: lambda user, ids: _ids(
        Addendum.objects.filter(Q(author=user) | Q(session__in=_alone(user)), pk__in=ids)
    ),
    ObservationAddendum._meta.label_lower: lambda user, ids: _ids(
        ObservationAddendum.objects.filter(Q(author=user) | Q(observation__worker=user), pk__in=ids)
    ),
}


def archive_of(user: User) -> bytes:
    """Everything as one archive."""
    signed, files = signed_by(user)
    evidence = list(HELD[EvidenceFile].rows(user))
    encryption.unlock(evidence)
    files |= {f"evidence/{one.pk}.{one.type}": bytes(one.content) for one in evidence}
    data = {
        "about": user.name,
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "rows": rows_of(user),
        "changed_by_others": [
            {"at": one.when.isoformat(timespec="seconds"), "what": one.what, "by": one.by}
            for one in all_changes(user)
        ],
        "signed": signed,
    }
    return archive.packed({"everything.json": archives.as_json(data), **files}, made_at=timezone.now())
