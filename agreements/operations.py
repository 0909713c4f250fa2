"""Everything that changes an agreement. Each operation locks first, asks the policy, writes, audits and tells.

Life (domain 3): draft, offered for signature, sealed by the last signature. In force, due and replaced are computed.
"""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.notices import operations as notices
from supervision.notices.models import Suggestion
from supervision.pages import words
from supervision.people import standing
from supervision.people.models import Agency, Arrangement, Participation, Standing, User
from supervision.records import audit, drafts, glyphs, signing
from supervision.records.errors import Invalid, Stale
from supervision.records.models import Answer, Offer, OfferClosed
from supervision.records.signing import Evidence, Outcome

from . import completeness, content, notifications, policy, standard, wording
from .models import REVIEW_NOTICE, Agreement, AgreementEnding, AgreementParty, Clause, in_force

TEMPLATE = "agreements/pdf/agreement.html"
CLAUSE_LIMIT = 8_000  # characters of one part's own words
REASON_LIMIT = 2_000
MINUTES = (15, 240)
EVERY_DAYS = (1, 90)
CONCERN_DAYS = (1, 30)  # at least one working day: the worker always has the first word (D 2.118)
STARTS_WITHIN = datetime.timedelta(days=92)
REVIEW_WITHIN = datetime.timedelta(days=731)


def _lock_arrangement(pk: uuid.UUID) -> Arrangement:
    """The arrangement, locked first by every operation, as sessions do: so nobody holds what another waits for.

    Rows that point at it may still be added meanwhile.
    """
    return Arrangement.objects.select_for_update(no_key=True).get(pk=pk)


def _lock(agreement: Agreement, *, version: int | None = None) -> Agreement:
    """The agreement as it is now, locked. Raises Stale when `version` is not the current one."""
    arrangement = _lock_arrangement(agreement.arrangement_id)
    fresh = signing.lock(agreement, version=version)
    fresh.arrangement = arrangement
    return fresh


# Writing ----------------------------------------------------------------------------------------------------


@transaction.atomic
def draft(*, arrangement: Arrangement, by: User) -> Agreement:
    """Start the next version of an arrangement's agreement: from the one before, or from the template.

    Raises NotFound, Denied or WrongState (policy.check_can_draft).
    """
    arrangement = _lock_arrangement(arrangement.pk)
    policy.check_can_draft(by, arrangement)
    earlier = Agreement.objects.filter(arrangement=arrangement).order_by("-number").first()
    agreement = Agreement(arrangement=arrangement, started_by=by, **_first_terms(arrangement, earlier))
    agreement.save()
    people = _people_of(arrangement)
    _name_parties(agreement, people)
    clauses = _copied_clauses(agreement, earlier) if earlier else _template_clauses(agreement, people)
    Clause.objects.bulk_create(clauses)
    audit.record(by, "agreement started", about=agreement, facts={"version": agreement.number})
    standing.set_draft(arrangement, draft=True)
    if earlier is not None:
        notices.withdraw(earlier)
    notices.suggest(
        arrangement,
        kind=Suggestion.Kind.AGREEMENT,
        title=_("Our supervision agreement: what we want to settle"),
        source=agreement,
    )
    notifications.version_started(agreement, by=by)
    return agreement


def _first_terms(arrangement: Arrangement, earlier: Agreement | None) -> dict[str, Any]:
    today = timezone.localdate()
    agency = Agency.objects.first() or Agency()
    common = {"starts_on": today, "review_on": _months_later(today, agency.review_months)}
    if earlier is None:
        return common | {"template_name": standard.default().label, "concern_days": agency.concern_days}
    return common | {
        "number": earlier.number + 1,
        "template_name": earlier.template_name,
        "minutes_each": earlier.minutes_each,
        "every_days": earlier.every_days,
        "concern_days": earlier.concern_days,
        "cadence_reason": earlier.cadence_reason,
    }


def _months_later(day: datetime.date, months: int) -> datetime.date:
    year, month = divmod(day.month - 1 + months, 12)
    last = (
        datetime.date(day.year + year + (month == 11), (month + 1) % 12 + 1, 1) - datetime.timedelta(days=1)
    ).day
    return datetime.date(day.year + year, month + 1, min(day.day, last))


def _people_of(arrangement: Arrangement) -> list[Participation]:
    """Who takes part today: the people supervised first, then who supervises."""
    rows = Participation.objects.current().filter(arrangement=arrangement).select_related("person")
    found = {row.person_id: row for row in rows}
    return sorted(found.values(), key=lambda row: (row.part in Participation.LEADING, row.person.name))


def _name_parties(agreement: Agreement, people: list[Participation]) -> None:
    AgreementParty.objects.bulk_create(
        AgreementParty(agreement=agreement, person=row.person, part=row.part, position=position)
        for position, row in enumerate(people)
    )


def _copied_clauses(agreement: Agreement, earlier: Agreement) -> list[Clause]:
    return [
        Clause(
            agreement=agreement,
            key=clause.key,
            position=clause.position,
            title=clause.title,
            required=clause.required,
            text=clause.text,
        )
        for clause in earlier.clauses.all()
    ]


def _template_clauses(agreement: Agreement, people: list[Participation]) -> list[Clause]:
    led = [row.person for row in people if row.part not in Participation.LEADING]
    names = {
        "workers": words.join_names(person.called for person in led),
        "supervisors": words.join_names(
            row.person.called for row in people if row.part in Participation.LEADING
        ),
        "line_manager": _line_manager(led),
    }
    return [
        Clause(
            agreement=agreement,
            key=part.key,
            position=position,
            title=part.title,
            required=part.required or _must_say(part.key, agreement.arrangement),
            text=standard.filled(part.text, **names),
        )
        for position, part in enumerate(standard.default().parts)
    ]


def _must_say(key: str, arrangement: Arrangement) -> bool:
    """With two supervisors the agreement says who takes which functions (domain 2; B, table 1)."""
    return key == "parties" and arrangement.structure == Arrangement.Structure.CO_SUPERVISION


def _line_manager(led: list[User]) -> str:
    """The one line manager of the people supervised; empty when there is none, or not one for all."""
    ids = {person.line_manager_id for person in led}
    found = (
        User.objects.filter(pk__in=ids, is_active=True).first() if len(ids) == 1 and ids != {None} else None
    )
    return _("%(name)s (line manager)") % {"name": found.name} if found else ""


@transaction.atomic
def change_clause(*, clause: Clause, text: str, version: int, by: User) -> Clause:
    """Change the words of one part. `version` is that of the wording the person was looking at.

    Raises Stale when somebody changed it since, Invalid for text that is too long or can't be printed, and what
    policy.check_can_edit raises. The same words again change nothing.
    """
    agreement = _lock(clause.agreement)
    policy.check_can_edit(by, agreement)
    fresh = Clause.objects.get(pk=clause.pk)
    text = _checked(text, limit=CLAUSE_LIMIT, field="text")
    if text == fresh.text:
        return fresh
    if fresh.version != version:
        raise Stale(_("Somebody changed this part while you were writing. Nothing was overwritten."))
    fresh.text = text
    fresh.version += 1
    fresh.changed_by, fresh.changed_at = by, timezone.now()
    fresh.save(update_fields=["text", "version", "changed_by", "changed_at"])
    _count_change(agreement)
    audit.record(by, "clause changed", about=agreement, facts={"clause": fresh.key, "version": fresh.version})
    return fresh


@transaction.atomic
def change_terms(
    *,
    agreement: Agreement,
    version: int,
    by: User,
    starts_on: datetime.date,
    minutes_each: int,
    every_days: int,
    concern_days: int,
    review_on: datetime.date,
    cadence_reason: str = "",
) -> Agreement:
    """Change what the agreement says in numbers. `version` is the `terms_version` the person was looking at.

    Days are dates, lengths minutes, `concern_days` working days. Raises Stale, Invalid (naming the field) and what
    policy.check_can_edit raises.
    """
    agreement = _lock(agreement)
    policy.check_can_edit(by, agreement)
    reason = _checked(cadence_reason, limit=REASON_LIMIT, field="cadence_reason")
    if not wording.needs_cadence_reason(minutes_each, every_days):
        reason = ""
    elif not reason:
        raise Invalid(_("Say why you chose another rhythm than an hour a week."), field="cadence_reason")
    _check_days(starts_on, review_on)
    _check_between("minutes_each", minutes_each, MINUTES)
    _check_between("every_days", every_days, EVERY_DAYS)
    _check_between("concern_days", concern_days, CONCERN_DAYS)
    new = {
        "starts_on": starts_on,
        "minutes_each": minutes_each,
        "every_days": every_days,
        "concern_days": concern_days,
        "review_on": review_on,
        "cadence_reason": reason,
    }
    if all(getattr(agreement, name) == value for name, value in new.items()):
        return agreement
    if agreement.terms_version != version:
        raise Stale(_("Somebody changed this while you were writing. Nothing was overwritten."))
    for name, value in new.items():
        setattr(agreement, name, value)
    agreement.terms_version += 1
    agreement.save(update_fields=[*new, "terms_version"])
    _count_change(agreement)
    audit.record(by, "terms changed", about=agreement, facts={"version": agreement.terms_version})
    return agreement


def _check_days(starts_on: datetime.date, review_on: datetime.date) -> None:
    today = timezone.localdate()
    if not today - STARTS_WITHIN <= starts_on <= today + STARTS_WITHIN:
        raise Invalid(_("Choose a day within three months of today."), field="starts_on")
    if review_on <= max(starts_on, today):
        raise Invalid(_("Choose a day after the agreement begins, and after today."), field="review_on")
    if review_on > today + REVIEW_WITHIN:
        raise Invalid(_("Choose a day within the next two years."), field="review_on")


def _check_between(field: str, value: int, bounds: tuple[int, int]) -> None:
    low, high = bounds
    if not low <= value <= high:
        raise Invalid(
            _("Enter a number between %(low)d and %(high)d.") % {"low": low, "high": high}, field=field
        )


def _checked(text: str, *, limit: int, field: str) -> str:
    """Words as they are kept, or Invalid: too long, or with a character that the PDF can't print (decision 9)."""
    text = glyphs.normalise(text).strip()
    if len(text) > limit:
        over = {"over": f"{len(text) - limit:,}", "limit": f"{limit:,}"}
        raise Invalid(
            _("Shorten this by %(over)s characters. There is room for %(limit)s.") % over, field=field
        )
    missing = glyphs.uncovered(text)
    if missing:
        named = ", ".join(f"{character} ({name})" for character, name in missing[:5])
        raise Invalid(
            _("The signed PDF has no letter shape for %(named)s. Please replace it.") % {"named": named},
            field=field,
        )
    return text


def _count_change(agreement: Agreement) -> None:
    agreement.version += 1
    agreement.save(update_fields=["version"])


@transaction.atomic
def update_people(*, agreement: Agreement, by: User) -> Agreement:
    """Name those who take part now, after somebody joined or left while the version was being written."""
    agreement = _lock(agreement)
    policy.check_can_edit(by, agreement)
    now = completeness.current_people(agreement)
    if set(now) == set(agreement.parties.values_list("person_id", flat=True)):
        return agreement
    agreement.parties.all().delete()
    _name_parties(agreement, _people_of(agreement.arrangement))
    _count_change(agreement)
    audit.record(by, "parties updated", about=agreement, facts={"parties": [str(pk) for pk in now]})
    return agreement


# Signing ------------------------------------------------------------------------------------------------------


@transaction.atomic
def offer(*, agreement: Agreement, version: int, by: User) -> Offer:
    """Ask everybody to sign the text as it stands. `version` is the one that was on the page.

    Raises Stale when anything changed since, Invalid when something is still missing or can't be printed.
    """
    agreement = _lock(agreement, version=version)
    policy.check_can_offer(by, agreement)
    rows = content.rows_of(agreement)
    offered = signing.offer(
        agreement,
        by=by,
        content=content.build(rows),
        parties=[
            signing.Party(party.person, who.part)
            for party, who in zip(rows.parties, content.people(rows), strict=True)
        ],
        must_sign=by,
        template=TEMPLATE,
        rule=Offer.Rule.ALL_SIGNED,
        schema=content.SCHEMA,
    )
    notifications.offered(agreement, by=by)
    return offered


@transaction.atomic
def sign(*, agreement: Agreement, seen: str, evidence: Evidence, by: User, statement: str = "") -> Outcome:
    """Sign the text on offer. `seen` is the digest of the content that was on the page.

    The last signature seals and brings the version into force. Raises Stale when another text is on offer now,
    Invalid for an empty name or what can't be printed, and what policy.check_can_sign raises.
    """
    agreement = _lock(agreement)
    policy.check_can_sign(by, agreement)
    outcome = signing.answer(
        _open_offer(agreement),
        by=by,
        kind=Answer.Kind.SIGNED,
        evidence=evidence,
        seen=seen,
        statement=_checked(statement, limit=REASON_LIMIT, field="statement"),
    )
    forget_typed(person=by, agreement=agreement)
    if outcome.seal is not None:
        _come_into_force(agreement, by=by)
    return outcome


def _open_offer(agreement: Agreement) -> Offer:
    return Offer.objects.of(agreement).open().get()


def _come_into_force(agreement: Agreement, *, by: User) -> None:
    agreement.refresh_from_db()
    arrangement = agreement.arrangement
    restate(arrangement)
    notices.withdraw(agreement)
    if agreement.review_on is not None:
        notices.suggest(
            arrangement,
            kind=Suggestion.Kind.REVIEW,
            title=_("Look at our supervision agreement again"),
            source=agreement,
            from_day=agreement.review_on - REVIEW_NOTICE,
        )
    notifications.in_force(agreement, by=by)


@transaction.atomic
def ask_for_change(*, agreement: Agreement, reason: str, by: User) -> list[User]:
    """Close the offer because something should read differently. Returns those whose signatures it voids.

    Raises Invalid without a reason, Sealed when the last signature came first.
    """
    agreement = _lock(agreement)
    policy.check_can_ask_for_change(by, agreement)
    forget_typed(person=by, agreement=agreement)
    return _close_offer(agreement, by=by, why=OfferClosed.Why.CHANGE_ASKED, reason=reason)


@transaction.atomic
def take_back(*, agreement: Agreement, reason: str, by: User) -> list[User]:
    """Close one's own offer. Returns those whose signatures it voids. Raises as `ask_for_change`."""
    agreement = _lock(agreement)
    policy.check_can_take_back(by, agreement)
    return _close_offer(agreement, by=by, why=OfferClosed.Why.TAKEN_BACK, reason=reason)


def _close_offer(agreement: Agreement, *, by: User, why: str, reason: str) -> list[User]:
    reason = _reason(reason)
    signed = signing.take_back(_open_offer(agreement), by=by, reason=reason, why=why)
    notifications.offer_closed(agreement, by=by, signed=signed)
    return signed


def _reason(reason: str) -> str:
    reason = _checked(reason, limit=REASON_LIMIT, field="reason")
    if not reason:
        raise Invalid(_("Say why in a few words, so that the others understand."), field="reason")
    return reason


@transaction.atomic
def decline(*, agreement: Agreement, seen: str, evidence: Evidence, reason: str, by: User) -> Outcome:
    """Say no to what is on offer, with a reason. It is a draft again and the signatures given are void."""
    agreement = _lock(agreement)
    policy.check_can_decline(by, agreement)
    offered = _open_offer(agreement)
    answers = offered.answers.filter(kind=Answer.Kind.SIGNED).select_related("person")
    signed = [answer.person for answer in answers]
    outcome = signing.answer(
        offered, by=by, kind=Answer.Kind.DECLINED, evidence=evidence, seen=seen, reason=_reason(reason)
    )
    forget_typed(person=by, agreement=agreement)
    notifications.offer_closed(agreement, by=by, signed=signed)
    return outcome


# Ending, and how things stand -----------------------------------------------------------------------------------


@transaction.atomic
def end(*, agreement: Agreement, ends_on: datetime.date, reason: str, by: User) -> AgreementEnding:
    """End an agreement from a day on, today or later. Raises Invalid, and what policy.check_can_end raises."""
    agreement = _lock(agreement)
    policy.check_can_end(by, agreement)
    today = timezone.localdate()
    if not today <= ends_on <= today + datetime.timedelta(days=366):
        raise Invalid(_("Choose today or a day within the next year."), field="ends_on")
    ending = AgreementEnding(agreement=agreement, by=by, ends_on=ends_on, reason=_reason(reason))
    ending.save()
    audit.record(
        by, "agreement ended", about=agreement, covers=ending, facts={"ends_on": ends_on.isoformat()}
    )
    restate(agreement.arrangement)
    notices.withdraw(agreement)
    notifications.ended(agreement, by=by)
    return ending


def standing_of(arrangement: Arrangement, day: datetime.date | None = None) -> dict[str, Any]:
    """What people.standing.set_agreement is to be told of an arrangement on a day (by default today)."""
    agreement = in_force(arrangement, day)
    if agreement is None:
        return {"agreement_id": None}
    return {
        "agreement_id": agreement.pk,
        "since": agreement.in_force_from,
        "review_on": agreement.review_on,
        "concern_days": agreement.concern_days,
        "minutes_each": agreement.minutes_each,
        "every_days": agreement.every_days,
    }


@transaction.atomic
def restate(arrangement: Arrangement) -> None:
    """Write the standing of an arrangement anew, as far as agreements are concerned. Safe to repeat."""
    standing.set_agreement(arrangement, **standing_of(arrangement))
    standing.set_draft(arrangement, draft=Agreement.objects.open().filter(arrangement=arrangement).exists())


def restate_what_a_day_changed(day: datetime.date | None = None) -> int:
    """Versions signed ahead begin, and endings made ahead take effect, without anybody writing. Returns how many."""
    day = day or timezone.localdate()
    begun = Agreement.objects.begun(day).exclude(arrangement__standing__agreement_id=F("id"))
    newest = begun.filter(starts_on__gte=day - datetime.timedelta(days=31))
    ended = Standing.objects.filter(
        agreement_id__in=AgreementEnding.objects.filter(ends_on__lte=day).values("agreement_id")
    )
    stale = set(newest.values_list("arrangement_id", flat=True)) | set(ended.values_list("pk", flat=True))
    for arrangement in Arrangement.objects.filter(pk__in=stale):
        restate(arrangement)
    return len(stale)


# What somebody typed before they had to show again that it is them ---------------------------------------------------


def _about(agreement: Agreement) -> str:
    return f"agreements.sign:{agreement.pk}"


def keep_typed(*, person: User, agreement: Agreement, typed: dict[str, str]) -> None:
    """Keep what somebody typed into the signing page, encrypted and for themself alone."""
    drafts.keep(person, _about(agreement), typed)


def typed(*, person: User, agreement: Agreement) -> dict[str, str]:
    """What was kept, or nothing."""
    found = drafts.kept(person, _about(agreement))
    return found[0] if found else {}


def forget_typed(*, person: User, agreement: Agreement) -> None:
    """Remove what was kept, and its key."""
    drafts.forget(person, _about(agreement))
