"""How any record is offered, answered and sealed. Agreements, sessions and assessments all use this.

Offering freezes the exact content. Every party answers that one offer, once. The last signature, or the close,
seals: exactly once, whoever presses at the same instant. Taking back voids what was signed and keeps it as
evidence (decisions 1 to 3). Callers lock nothing themselves: `lock` is the first statement of each operation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from django.apps import apps
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import audit, opened_by_others, sealed_rows, snapshot, tasks
from .errors import AlreadyDone, Denied, Invalid, Sealed, Stale, WrongState
from .models import Answer, Offer, OfferClosed, OfferParty, OpenParty, Seal
from .sealing import SignedRecord

Record = TypeVar("Record", bound=SignedRecord)

DECLINE_INTENT = gettext_lazy("I have read this record and I do not sign it.")


@dataclass(frozen=True)
class Party:
    """Somebody who is asked to answer, and in which part, such as “Supervisor”."""

    person: Any
    part: str


@dataclass(frozen=True)
class Evidence:
    """How a signature was given: kept with it, encrypted, and printed in the PDF."""

    intent: str
    typed_name: str
    local_time: str
    zone: str
    authenticated: list[str] = field(default_factory=list)
    address: str = ""
    browser: str = ""

    def as_dict(self) -> dict[str, Any]:
        return dict(self.__dict__)


@dataclass(frozen=True)
class Outcome:
    """What an answer led to."""

    answer: Answer
    seal: Seal | None = None
    closed: OfferClosed | None = None


def lock(record: Record, *, version: int | None = None) -> Record:
    """The record as it is now, locked until the transaction ends.

    Raises Stale when `version`, the one that the person's form was made from, is no longer the current one.
    """
    fresh = type(record)._base_manager.select_for_update(no_key=True).get(pk=record.pk)
    if version is not None and fresh.version != version:
        raise Stale(_("Somebody saved this while you were writing."))
    return fresh


def record_of(offer: Offer) -> SignedRecord:
    """The record that an offer speaks of."""
    return apps.get_model(offer.record_label)._base_manager.get(pk=offer.record_id)


@transaction.atomic
def offer(
    record: SignedRecord,
    *,
    by: Any,
    content: dict[str, Any],
    parties: Sequence[Party],
    must_sign: Any,
    template: str,
    rule: str = Offer.Rule.ALL_ANSWERED,
    schema: int = 1,
) -> Offer:
    """Freeze the content and ask the parties to sign it. `must_sign` wrote it, or leads the group that it is for.

    Raises Sealed or WrongState when the record is not free, Invalid when the text holds a character that
    the PDF cannot print or nobody is named to sign.
    """
    record = lock(record)
    record.check_editable()
    if must_sign.pk not in {party.person.pk for party in parties}:
        raise Invalid(_("The one who writes the record signs it too."))
    body = snapshot.canonical(content)
    made = Offer(
        record_label=record.record_label,
        record_id=record.pk,
        number=Offer.objects.of(record).count() + 1,
        kind=record.record_kind,
        rule=rule,
        template=template,
        schema=schema,
        content=body,
        digest=snapshot.digest(body),
        offered_by=by,
        must_sign=must_sign,
    )
    made.save()
    audit.record(by, "offered", about=record, covers=made)
    for position, party in enumerate(parties):
        row = OfferParty(offer=made, person=party.person, part=party.part, position=position)
        row.save()
        audit.record(by, "named to sign", about=record, covers=row)
    OpenParty.objects.bulk_create(OpenParty(offer=made, person=party.person) for party in parties)
    opened_by_others.keep_for_new_parties(made)
    record.open_offer = made
    record.save(update_fields=["open_offer"])
    return made


@transaction.atomic
def offer_signed(record: SignedRecord, *, by: Any, evidence: Evidence, intent: Any, **offered: Any) -> Offer:
    """Put a record up for signature and sign it oneself, in one step: whoever wrote it has read it as they send it.

    `intent` is the sentence that was on the page; `offered` what `offer` takes besides. Raises what `offer` and `answer` raise.
    """
    made = offer(record, by=by, must_sign=by, **offered)
    said = replace(evidence, intent=str(intent))
    answer(made, by=by, kind=Answer.Kind.SIGNED, evidence=said, seen=made.digest)
    return made


@transaction.atomic
def answer(
    offered: Offer,
    *,
    by: Any,
    kind: str,
    evidence: Evidence,
    seen: str,
    statement: str = "",
    reason: str = "",
) -> Outcome:
    """One party signs or declines. `seen` is the digest of the content that was on their page.

    The last answer seals. Raises Denied for somebody who is not a party, WrongState when the offer was taken
    back, sealed or already answered by them, Stale when another text is on offer now, Invalid for a bad input.
    """
    record = _locked_record(offered)
    party = _open_party(offered, by)
    if seen != offered.digest:
        raise Stale(_("The text changed after you opened it. Read it again before you sign."))
    if (
        kind == Answer.Kind.DECLINED
        and by.pk == offered.must_sign_id
        and offered.rule == Offer.Rule.ALL_ANSWERED
    ):
        raise WrongState(_("You wrote this record. Take it back and change it instead of declining."))
    if kind == Answer.Kind.SIGNED and not evidence.typed_name.strip():
        raise Invalid(_("Type your full name. That is your signature."), field="typed_name")
    _check_own_name(offered, by, evidence.typed_name)
    snapshot.canonical({"statement": statement, "reason": reason, "name": evidence.typed_name})
    given = Answer(
        offer=offered,
        record_id=offered.record_id,
        person=by,
        part=party.part,
        kind=kind,
        digest=offered.digest,
        evidence=evidence.as_dict(),
        statement=statement,
        reason=reason,
    )
    given.save()
    audit.record(by, str(kind), about=record, covers=given)
    if kind == Answer.Kind.DECLINED and _a_no_closes(offered, by):
        return Outcome(
            given, closed=_close(record, offered, by=by, why=OfferClosed.Why.DECLINED, reason=reason)
        )
    return Outcome(given, seal=_seal_if_complete(record, offered, by=by))


@transaction.atomic
def take_back(offered: Offer, *, by: Any, reason: str, why: str = OfferClosed.Why.TAKEN_BACK) -> list[Any]:
    """Close an open offer so that the text may change. Returns the people whose signatures it voids.

    Who may is the caller's policy. Raises Sealed when the last signature came first.
    """
    record = _locked_record(offered)
    _check_open(offered)
    signed = [a.person for a in offered.answers.filter(kind=Answer.Kind.SIGNED).select_related("person")]
    _close(record, offered, by=by, why=why, reason=reason)
    return signed


@transaction.atomic
def close_with_signatures_given(offered: Offer, *, by: Any, reason: str) -> Seal:
    """Seal although somebody has not answered. They are listed as not having answered, never as having signed.

    Raises WrongState unless the one who wrote it has signed and the rule of this offer allows it.
    """
    record = _locked_record(offered)
    _check_open(offered)
    if offered.rule != Offer.Rule.ALL_ANSWERED:
        raise WrongState(_("This is in force only when everybody has signed."))
    if not offered.answers.filter(person_id=offered.must_sign_id, kind=Answer.Kind.SIGNED).exists():
        raise WrongState(_("Sign it yourself before you close it."))
    return _seal(record, offered, by=by, how=Seal.How.CLOSED, reason=reason)


def _locked_record(offered: Offer) -> SignedRecord:
    model = apps.get_model(offered.record_label)
    return model._base_manager.select_for_update(no_key=True).get(pk=offered.record_id)


def _check_open(offered: Offer) -> None:
    if Seal.objects.filter(offer=offered).exists():
        raise Sealed(_("This record is sealed already."))
    if OfferClosed.objects.filter(offer=offered).exists():
        raise WrongState(
            _("This was taken back or changed in the meantime. Open it again to see how it stands.")
        )


def _open_party(offered: Offer, person: Any) -> OfferParty:
    party = OfferParty.objects.filter(offer=offered, person=person).first()
    if party is None:
        raise Denied(_("You are not one of the people who sign this."))
    # Their own answer first: a double click should read “you have signed”, not “it is sealed”.
    if Answer.objects.filter(offer=offered, person=person).exists():
        raise AlreadyDone(_("You have answered this already."))
    _check_open(offered)
    return party


def _check_own_name(offered: Offer, by: Any, typed: str) -> None:
    """People write their names in many ways, and any of them is theirs; but not the name of somebody else who signs this."""
    names = {entry["id"]: entry["name"] for entry in snapshot.read(offered.content).get("parties", [])}
    own = {_plain_name(name) for name in (names.get(str(by.pk), ""), by.name, by.preferred_name)}
    others = {_plain_name(name) for pk, name in names.items() if pk != str(by.pk)}
    if _plain_name(typed) in others - own:
        raise Invalid(
            _("That is the name of somebody else who signs this. Type your own full name."),
            field="typed_name",
        )


def _plain_name(name: str) -> str:
    return " ".join(name.split()).casefold()


def _close(record: SignedRecord, offered: Offer, *, by: Any, why: str, reason: str) -> OfferClosed:
    closed = OfferClosed(offer=offered, by=by, why=why, reason=reason, record_id=offered.record_id)
    closed.save()
    audit.record(by, f"offer closed: {why}", about=record, covers=closed)
    OpenParty.objects.filter(offer=offered).delete()
    record.open_offer = None
    record.save(update_fields=["open_offer"])
    return closed


def _a_no_closes(offered: Offer, by: Any) -> bool:
    """One no ends an offer that needs everybody; in a group only that of the one who leads."""
    if offered.rule == Offer.Rule.LEAD_AND_ONE:
        return bool(by.pk == offered.must_sign_id)
    return offered.rule == Offer.Rule.ALL_SIGNED


def _seal_if_complete(record: SignedRecord, offered: Offer, *, by: Any) -> Seal | None:
    answers = dict(offered.answers.values_list("person_id", "kind"))
    how = _how_complete(offered, answers)
    return _seal(record, offered, by=by, how=how) if how else None


def _how_complete(offered: Offer, answers: dict[Any, str]) -> str:
    """How the offer ends with these answers; empty while it still waits."""
    signed = {person for person, kind in answers.items() if kind == Answer.Kind.SIGNED}
    asked = {party.person_id for party in offered.parties.all()}
    if signed >= asked:
        return Seal.How.ALL_SIGNED
    if offered.rule == Offer.Rule.LEAD_AND_ONE:
        return Seal.How.EACH if offered.must_sign_id in signed and len(signed) > 1 else ""
    return Seal.How.DECLINED if answers.keys() >= asked else ""


def _seal(record: SignedRecord, offered: Offer, *, by: Any, how: str, reason: str = "") -> Seal:
    now = timezone.now()
    mark = audit.record(
        by, f"sealed: {how}", about=record, facts={"offer": str(offered.pk), "digest": offered.digest}
    )
    seal = Seal(
        offer=offered,
        record_label=offered.record_label,
        record_id=offered.record_id,
        kind=offered.kind,
        how=how,
        by=by,
        reason=reason,
        digest=offered.digest,
        sealed_at=now,
        mac=mark.mac,
    )
    seal.save()
    audit.record(by, "seal", about=record, covers=seal)
    OpenParty.objects.filter(offer=offered).delete()
    record.sealed_at = now
    record.save(update_fields=["sealed_at"])
    sealed_rows.vouch(record, by=by)
    if offered.template:
        tasks.make_document.enqueue(str(seal.pk))
    return seal
