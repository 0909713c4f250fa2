"""What the two of a record of two do with it once it is offered: the same operations for every kind of such a record.

One wrote it and signed it as it was sent; the other signs, declines or asks for a change; the one who wrote it takes it back or
closes it (decision 2). Each kind says how its row is locked, who may, what a signature says and who is told. Whoever presses a
button a second time hears AlreadyDone, for every kind alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from . import signing
from .again import check_not_closed_by, check_not_given_back_by
from .errors import Invalid, Stale, WrongState
from .models import Answer, Offer, OfferClosed
from .signing import DECLINE_INTENT, Evidence, Outcome


@dataclass(frozen=True)
class BetweenTwo:
    """One kind of record of two.

    `lock` gives the row as it is now; `policy` is the module with its `check_can_<verb>`; `intent` what the signature of the one
    who did not write it says. `changed` and `answered` tell the other one; `sealed` is for what follows the last signature.
    """

    lock: Callable[[Any], Any]
    policy: Any
    intent: Any
    changed: Callable[..., None]
    answered: Callable[..., None] = lambda row, *, by: None
    sealed: Callable[[Any], None] = lambda row: None

    def check_can_ask_for_change(self, by: Any, record: Any) -> None:
        """Raises NotFound, Denied, WrongState, Sealed, AlreadyDone."""
        check_not_given_back_by(by, record)
        self.policy.check_can_ask_for_change(by, record)

    def check_can_take_back(self, by: Any, record: Any) -> None:
        """Raises as check_can_ask_for_change does. Whoever cannot take it back at all hears that, also when they gave it back."""
        try:
            self.policy.check_can_take_back(by, record)
        except WrongState:
            check_not_given_back_by(by, record)
            raise

    def check_can_close(self, by: Any, record: Any) -> None:
        """Raises as check_can_ask_for_change does."""
        check_not_closed_by(by, record)
        self.policy.check_can_close(by, record)

    @transaction.atomic
    def sign(self, record: Any, *, by: Any, evidence: Evidence, seen: str, statement: str = "") -> None:
        """Sign it, with words of one's own. The last answer seals. Raises NotFound, Denied, WrongState, Sealed, Stale, Invalid."""
        row = self.lock(record)
        self.policy.check_can_sign(by, row)
        evidence = evidence if evidence.intent else replace(evidence, intent=str(self.intent))
        self._answer(row, by=by, evidence=evidence, seen=seen, statement=statement.strip())

    @transaction.atomic
    def decline(
        self, record: Any, *, by: Any, evidence: Evidence, seen: str, reason: str, statement: str = ""
    ) -> None:
        """Do not sign it, saying why; the reason is kept beside the record. Raises as sign does."""
        if not reason.strip():
            raise Invalid(
                _("Say in your own words why you do not sign. It is kept beside the record."), field="reason"
            )
        row = self.lock(record)
        self.policy.check_can_decline(by, row)
        self._answer(
            row,
            by=by,
            evidence=replace(evidence, intent=str(DECLINE_INTENT)),
            seen=seen,
            kind=Answer.Kind.DECLINED,
            reason=reason.strip(),
            statement=statement.strip(),
        )

    @transaction.atomic
    def ask_for_change(self, record: Any, *, by: Any, seen: str, reason: str) -> None:
        """Say what should be different in the text of the digest `seen`: it goes back to whoever wrote it.

        Raises NotFound, Denied, WrongState, Sealed, AlreadyDone, Stale, Invalid.
        """
        if not reason.strip():
            raise Invalid(_("Say what you would like changed"), field="reason")
        row = self.lock(record)
        self.check_can_ask_for_change(by, row)
        if _open(row).digest != seen:
            raise Stale(_("The text changed after you opened it. Read it again before you ask for a change."))
        self._give_back(row, by=by, why=OfferClosed.Why.CHANGE_ASKED, reason=reason.strip())

    @transaction.atomic
    def take_back(self, record: Any, *, by: Any, reason: str = "") -> None:
        """Take it back to change it, until the last answer. Raises NotFound, Denied, WrongState, Sealed, AlreadyDone."""
        row = self.lock(record)
        self.check_can_take_back(by, row)
        self._give_back(row, by=by, why=OfferClosed.Why.TAKEN_BACK, reason=reason.strip())

    @transaction.atomic
    def close(self, record: Any, *, by: Any, reason: str) -> None:
        """Seal with the signatures given; the other is told. Raises NotFound, Denied, WrongState, Sealed, AlreadyDone, Invalid."""
        if not reason.strip():
            raise Invalid(
                _("Say why it is closed without every answer. It stands in the record."), field="reason"
            )
        row = self.lock(record)
        self.check_can_close(by, row)
        signing.close_with_signatures_given(_open(row), by=by, reason=reason.strip())
        self.answered(row, by=by)

    def _answer(self, row: Any, *, by: Any, evidence: Evidence, seen: str, **given: Any) -> None:
        offered = _open(row)
        if offered.digest != seen:
            raise Stale(_("The text changed after you opened it. Read it again before you sign."))
        outcome: Outcome = signing.answer(
            offered, by=by, evidence=evidence, seen=seen, **{"kind": Answer.Kind.SIGNED, **given}
        )
        if outcome.seal is not None:
            self.sealed(row)
        self.answered(row, by=by)

    def _give_back(self, row: Any, *, by: Any, why: str, reason: str) -> None:
        signing.take_back(_open(row), by=by, reason=reason, why=why)
        fresh = signing.lock(row)
        fresh.version += 1
        fresh.save(update_fields=["version"])
        self.changed(fresh, by=by)


def _open(row: Any) -> Offer:
    offered: Offer | None = row.open_offer
    if offered is None:
        raise WrongState(_("This is not out for signature now."))
    return offered
