"""How the people of one arrangement come to their agreement, as far as they have come, as a story."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from agreements import operations
from agreements.forms import INTENT
from agreements.models import Agreement, Clause
from agreements.standard import NO_LINE_MANAGER
from agreements.wording import needs_cadence_reason
from supervision.people import operations as people
from supervision.people.models import Arrangement, User
from supervision.records import audit
from supervision.records.models import Offer

from . import library
from .conversation import Conversation
from .timeline import Story
from .world import DAY, HOUR, MINUTE

DAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


class Agreeing:
    """The versions of one agreement. `first_day` is that of the first session."""

    def __init__(self, talk: Conversation, first_day: datetime.date) -> None:
        self.talk, self.world, self.plan = talk, talk.world, talk.plan
        self.rng = self.world.chance("agreement", talk.plan.key)
        self.words = library.words()["agreement"]
        self.first_day = first_day
        self.writer = (talk.leaders or talk.others)[0]

    def story(self) -> Story:
        kind = self.plan.agreement
        if kind == "none":
            return
        yield self._after_first(2)
        agreement = operations.draft(arrangement=self.talk.arrangement, by=self.writer)
        self._write(agreement)
        if kind == "draft":
            self._leave_a_blank(agreement)
            return
        yield self._soon(1.2)
        self._offer(agreement)
        if kind in ("asked", "declined"):
            yield from self._not_yet(agreement, kind)
        yield from self._sign(agreement, half=kind == "half")
        if self.rng.random() < 0.4 and kind != "half":
            yield from self._read_by_manager(agreement)
        if kind in ("renewed", "renewing"):
            yield from self._again(agreement, finished=kind == "renewed")
        if kind == "ended":
            yield from self._end(agreement)

    def _after_first(self, days: float) -> datetime.datetime:
        moment = self.world.at(self.first_day, "17:40") + days * DAY
        return self.world.by_now(moment, before=60 * 30)

    def _soon(self, days: float) -> datetime.datetime:
        return self.world.soon(days * self.rng.uniform(0.6, 1.3) * DAY, before=60 * 8)

    # Words ----------------------------------------------------------------------------------------------------

    def _write(self, agreement: Agreement) -> None:
        """Fill in what the template leaves open, and change a few parts to fit these two."""
        self._set_terms(agreement)
        blanks = self._blanks()
        for clause in agreement.clauses.all():
            text = clause.text
            for blank, said in blanks.items():
                text = text.replace(blank, said)
            if text != clause.text:
                by = self.writer if self.rng.random() < 0.6 else self.rng.choice(self.talk.others)
                operations.change_clause(clause=clause, text=text, version=clause.version, by=by)
        if len(self.talk.leaders) > 1:
            self._add(agreement, "parties", self.words["functions"], by=self.writer)
        additions = dict(self.words["additions"])
        for key in self.rng.sample(sorted(additions), k=3):
            self._add(agreement, key, self.rng.choice(additions[key]), by=self.rng.choice(self.talk.others))

    def _add(self, agreement: Agreement, key: str, sentence: str, *, by: User) -> None:
        clause = Clause.objects.get(agreement=agreement, key=key)
        said = sentence.format_map(self._names())
        text = f"{clause.text.rstrip()}\n\n{said}" if clause.text else said
        operations.change_clause(clause=clause, text=text, version=clause.version, by=by)

    def _names(self) -> dict[str, str]:
        return {
            "worker": self.talk.others[0].called,
            "supervisor": self.writer.called,
            "second": self.talk.leaders[-1].called if self.talk.leaders else "",
            "day": DAYS[self.first_day.weekday()],
        }

    def _blanks(self) -> dict[str, str]:
        plan, pick = self.plan, self.rng.choice
        other = pick([key for key in ("thandi", "ben", "dana", "priya", "wen") if self._is_outside(key)])
        third = self.world.people[other]
        hour = datetime.time.fromisoformat(plan.at)
        said = {
            "[day of the week]": DAYS[self.first_day.weekday()],
            "[time]": f"{hour.hour % 12 or 12}:{hour.minute:02} {'am' if hour.hour < 12 else 'pm'}",
            "in [place]": self.words.get(f"by_{plan.modality}") or pick(self.words["where"][plan.program]),
            "[one or two goals]": f"{pick(self.words['goals'])}.",
            "[phone, message or e-mail]": pick(self.words["ways"]),
            "[what helps]": f"{pick(self.words['helps'])}.",
            "[how we plan a session]": f"{pick(self.words['structure'])}.",
            "[how]": f"{pick(self.words['feedback'])}.",
            "[name and how to reach them]": f"{third.name}, by phone or at the office.",
            "[name]": f"{third.name}.",
            NO_LINE_MANAGER: self._manager().name,
        }
        return {blank: str(words).format_map(self._names()) for blank, words in said.items()}

    def _is_outside(self, key: str) -> bool:
        return key in self.world.people and key not in (*self.plan.leaders, *self.plan.others)

    def _manager(self) -> User:
        from_program = {"Maple Street Drop-in": "priya"}.get(self.plan.program, "wen")
        return self.world.people[from_program]

    def _set_terms(self, agreement: Agreement, **changed: Any) -> None:
        agreement.refresh_from_db()
        plan, today = self.plan, self.world.local_day(self.world.clock.now())
        review = self.world.day(plan.review) if plan.review is not None else today + 182 * DAY
        terms: dict[str, Any] = {
            "starts_on": today + 2 * DAY,
            "minutes_each": plan.minutes,
            "every_days": plan.every,
            "concern_days": self.rng.choice((2, 3, 3, 3, 5)),
            "review_on": max(review, today + 30 * DAY),
            "cadence_reason": "",
        } | changed
        if plan.review is not None and review > today + 5 * DAY:
            terms["review_on"] = review
        if needs_cadence_reason(terms["minutes_each"], terms["every_days"]):
            terms["cadence_reason"] = self.rng.choice(self.words["cadence"]).format_map(self._names())
        operations.change_terms(agreement=agreement, version=agreement.terms_version, by=self.writer, **terms)

    def _leave_a_blank(self, agreement: Agreement) -> None:
        """A draft that is not finished: one thing is still open between the two."""
        clause = Clause.objects.get(agreement=agreement, key="together")
        text = clause.text.split("\n\n")
        text[1] = "How much structure we want, and who brings the topics: [how we plan a session]"
        operations.change_clause(
            clause=clause, text="\n\n".join(text), version=clause.version, by=self.talk.others[0]
        )

    # Signatures -----------------------------------------------------------------------------------------------

    def _offer(self, agreement: Agreement) -> None:
        agreement.refresh_from_db()
        operations.offer(agreement=agreement, version=agreement.version, by=self.writer)

    def _not_yet(self, agreement: Agreement, kind: str) -> Iterator[datetime.datetime]:
        """Somebody wants it to read differently first."""
        one = self.rng.choice(self.words["not_yet"])
        person = self.talk.others[0]
        reason = one["reason"].format_map(self._names())
        yield self._soon(0.8)
        if kind == "asked":
            self._give(agreement, self.writer)
            operations.ask_for_change(agreement=agreement, reason=reason, by=person)
        else:
            operations.decline(
                agreement=agreement,
                seen=_digest(agreement),
                evidence=self.world.evidence(person, str(INTENT)),
                reason=reason,
                by=person,
            )
        yield self._soon(0.8)
        self._add(agreement, one["clause"], one["added"], by=self.writer)
        self._offer(agreement)

    def _sign(self, agreement: Agreement, *, half: bool = False) -> Iterator[datetime.datetime]:
        people = [*self.talk.others, *self.talk.leaders]
        for person in people[:-1] if half else people:
            yield self._soon(0.9) if len(people) < 4 else self._soon(0.4)
            self._give(agreement, person)

    def _read_by_manager(self, agreement: Agreement) -> Iterator[datetime.datetime]:
        """A manager of the program opens what is signed, and the parties can see that."""
        yield self._soon(3)
        audit.opened(self._manager(), agreement, why="manager of the program")

    def _give(self, agreement: Agreement, person: User) -> None:
        operations.sign(
            agreement=agreement,
            seen=_digest(agreement),
            evidence=self.world.evidence(person, str(INTENT)),
            by=person,
        )

    # Later ----------------------------------------------------------------------------------------------------

    def _again(self, before: Agreement, *, finished: bool) -> Iterator[datetime.datetime]:
        """Something changed at work, so a second version is written, and signed or not yet."""
        one = self.rng.choice(self.words["renewed"])
        weeks = min(self.plan.weeks, self.world.weeks)
        moment = self.world.now - (weeks * (0.3 if finished else 0.0) * 7 + (0 if finished else 6)) * DAY
        yield max(moment, self.world.clock.now() + 2 * DAY)
        agreement = operations.draft(arrangement=self.talk.arrangement, by=self.talk.others[0])
        self._add(agreement, one["clause"], one["added"], by=self.talk.others[0])
        self._set_terms(agreement)
        if not finished:
            return
        yield self._soon(1)
        self._add(agreement, "review", self.words["why_again"], by=self.writer)
        self._offer(agreement)
        yield from self._sign(agreement)

    def _end(self, agreement: Agreement) -> Iterator[datetime.datetime]:
        """Somebody leaves: the agreement ends, then the arrangement, then the account is closed."""
        last = self.world.day(-7 * self.plan.over_for + 2)
        yield self.world.at(last, "09:20")
        operations.end(
            agreement=agreement,
            ends_on=last,
            reason=self.rng.choice(self.words["ended"]).format_map(self._names()),
            by=self.writer,
        )
        yield self.world.clock.now() + 30 * MINUTE
        manager, arrangement = self._manager(), Arrangement.objects.get(pk=self.talk.arrangement.pk)
        people.end_arrangement(arrangement, by=manager, version=arrangement.version, on=last)
        yield self.world.clock.now() + 26 * HOUR
        people.deactivate(self.talk.others[0], by=self.world.people["ade"])


def _digest(agreement: Agreement) -> str:
    return Offer.objects.of(agreement).open().get().digest
