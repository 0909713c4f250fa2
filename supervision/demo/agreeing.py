"""How the people of one arrangement come to their agreement, as far as they have come, as a story."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from agreements import naming, operations, template_choice
from agreements.forms import INTENT, REVIEW_INTENT
from agreements.models import Agreement, Clause, TemplateEdition, Turn
from agreements.standard import NO_LINE_MANAGER
from agreements.wording import needs_cadence_reason
from supervision.people import operations as people
from supervision.people.models import Arrangement, User
from supervision.records import audit
from supervision.records.models import Offer, Seal

from . import library
from .cast import WARM
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
        agreement = operations.draft(
            arrangement=self.talk.arrangement, by=self.writer, edition=self._template()
        )
        yield from self._write(agreement, whole=kind != "draft")
        if kind == "draft":
            self._leave_open(agreement)
            return
        yield self._soon(1.2)
        self._agree(agreement)
        self._offer(agreement)
        if kind in ("asked", "declined"):
            yield from self._not_yet(agreement, kind)
        yield from self._sign(agreement, half=kind == "half")
        if self.rng.random() < 0.4 and kind != "half":
            yield from self._read_by_manager(agreement)
        if kind in ("renewed", "renewing"):
            yield from self._again(agreement, finished=kind == "renewed")
        elif kind == "force" and self.plan.review is None and self.plan.weeks > 12:
            yield from self._look_again(agreement)
        if kind == "ended":
            yield from self._end(agreement)

    def _template(self) -> TemplateEdition | None:
        """The warm line starts from the agency's own template, once there is one."""
        return next(iter(template_choice.choices()), None) if self.plan.program == WARM else None

    def _after_first(self, days: float) -> datetime.datetime:
        moment = self.world.at(self.first_day, "17:40") + days * DAY
        return self.world.by_now(moment, before=60 * 30)

    def _soon(self, days: float) -> datetime.datetime:
        return self.world.soon(days * self.rng.uniform(0.6, 1.3) * DAY, before=60 * 8)

    # Words ----------------------------------------------------------------------------------------------------

    def _write(self, agreement: Agreement, *, whole: bool) -> Iterator[datetime.datetime]:
        """One suggests what the template leaves open, the other takes it: part by part, over a few days."""
        blanks, terms = self._blanks(), self._terms()
        for number, clause in enumerate(agreement.clauses.all()):
            text = clause.text
            for blank, said in blanks.items():
                text = text.replace(blank, said)
            by = self.writer if self.rng.random() < 0.6 else self.rng.choice(self.talk.others)
            why = self.rng.choice(self.words["why"]) if self.rng.random() < 0.4 else ""
            self._change(agreement, clause.key, text, by=by, terms=terms.get(clause.key), reason=why)
            if number == 5:
                yield self._soon(0.6)
        if len(self.talk.leaders) > 1:
            functions = self.words["functions"].format_map(self._names())
            self._change(agreement, "parties", functions, by=self.writer)
        additions = dict(self.words["additions"])
        for key in self.rng.sample(sorted(additions), k=3 if whole else 1):
            self._add(agreement, key, self.rng.choice(additions[key]), by=self.rng.choice(self.talk.others))

    def _change(
        self,
        agreement: Agreement,
        key: str,
        text: str,
        *,
        by: User,
        terms: dict[str, Any] | None = None,
        reason: str = "",
    ) -> None:
        """A wording that one suggests and another takes, where it says something new."""
        if suggestion := self._suggest(agreement, key, text, by=by, terms=terms, reason=reason):
            other = self.talk.others[0] if by == self.writer else self.writer
            operations.take(suggestion=suggestion, by=other)

    def _suggest(
        self,
        agreement: Agreement,
        key: str,
        text: str,
        *,
        by: User,
        terms: dict[str, Any] | None = None,
        reason: str = "",
    ) -> Turn | None:
        clause = Clause.objects.get(agreement=agreement, key=key)
        agreement.refresh_from_db()
        new = {name: value for name, value in (terms or {}).items() if getattr(agreement, name) != value}
        if text == clause.text and not new:
            return None
        return operations.suggest(
            clause=clause, seen=clause.turn_count, text=text, terms=terms, reason=reason, by=by
        )

    def _agree(self, agreement: Agreement) -> None:
        """Everybody says yes to what they have not agreed to yet."""
        seen = dict(agreement.clauses.values_list("pk", "version"))
        for person in (*self.talk.others, *self.talk.leaders):
            operations.agree(agreement=agreement, seen=seen, by=person)

    def _add(self, agreement: Agreement, key: str, sentence: str, *, by: User) -> None:
        clause = Clause.objects.get(agreement=agreement, key=key)
        said = sentence.format_map(self._names())
        text = f"{clause.text.rstrip()}\n\n{said}" if clause.text else said
        self._change(agreement, key, text, by=by)

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

    def _terms(self) -> dict[str, dict[str, Any]]:
        """What the agreement says in numbers, by the part that says it."""
        plan, today = self.plan, self.world.local_day(self.world.clock.now())
        review = self.world.day(plan.review) if plan.review is not None else today + 182 * DAY
        in_time = plan.review is not None and review > today + 5 * DAY
        rhythm: dict[str, Any] = {
            "minutes_each": plan.minutes,
            "every_days": plan.every,
            "cadence_reason": "",
        }
        if needs_cadence_reason(plan.minutes, plan.every):
            rhythm["cadence_reason"] = self.rng.choice(self.words["cadence"]).format_map(self._names())
        return {
            "place": {"starts_on": today + 2 * DAY},
            "rhythm": rhythm,
            "privacy": {"concern_days": self.rng.choice((2, 3, 3, 3, 5))},
            "difficulties": self._named(),
            "review": {"review_on": review if in_time else max(review, today + 30 * DAY)},
        }

    def _named(self) -> dict[str, Any]:
        """To whom the worker can turn, and who hears a concern where the line manager can't: managers who have no part in it."""
        able = naming.can_be_named(self.talk.arrangement)
        lines = {person.line_manager_id for person in self.talk.others}
        managers = [self.world.people[key] for key in ("wen", "priya") if key in self.world.people]
        found = [person for person in managers if person in able]
        other = next((person.pk for person in found if person.pk not in lines), None)
        return {"turn_to_id": other, "hears_instead_id": other}

    def _leave_open(self, agreement: Agreement) -> None:
        """A draft that is not finished: a change to answer for each of the two, and a part kept for when they meet."""
        waits, worker = self.words["waits"], self.talk.others[0]
        for one, by in ((waits[0], worker), (waits[1], self.writer)):
            clause = Clause.objects.get(agreement=agreement, key=one["clause"])
            said = one["added"].format_map(self._names())
            reason = one["reason"].format_map(self._names())
            self._suggest(agreement, clause.key, f"{clause.text}\n\n{said}", by=by, reason=reason)
        difficulties = Clause.objects.get(agreement=agreement, key="difficulties")
        operations.park(clause=difficulties, seen=difficulties.turn_count, by=worker)
        read = agreement.clauses.filter(key__in=("privacy", "records", "responsibilities"))
        operations.agree(agreement=agreement, seen=dict(read.values_list("pk", "version")), by=worker)

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
            part = Clause.objects.get(agreement=agreement, key=one["clause"])
            operations.ask_for_change(agreement=agreement, reason=reason, clause=part, by=person)
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
        self._agree(agreement)
        self._offer(agreement)

    def _sign(self, agreement: Agreement, *, half: bool = False) -> Iterator[datetime.datetime]:
        """In a group one member signs what is in force already, and in a large one the last has not come to it yet."""
        others, later = self.talk.others, None
        if self.talk.arrangement.structure == Arrangement.Structure.GROUP:
            wait = 2 if len(others) > 3 else 1
            others, later = others[:-wait], others[-wait]
        people = [*others, *self.talk.leaders]
        for person in people[:-1] if half else people:
            yield self._soon(0.9) if len(people) < 4 else self._soon(0.4)
            self._give(agreement, person)
        if later is not None:
            yield self._soon(5)
            self._join(agreement, later)

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

    def _join(self, agreement: Agreement, person: User) -> None:
        seal = Seal.objects.get(record_id=agreement.pk)
        operations.join(
            agreement=agreement,
            seen=seal.digest,
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
        agreement = operations.draft(
            arrangement=self.talk.arrangement,
            by=self.talk.others[0],
            because=one["because"],
            note=one["note"].format_map(self._names()),
        )
        self._add(agreement, one["clause"], one["added"], by=self.talk.others[0])
        terms = self._terms()
        for key in ("place", "review"):
            text = Clause.objects.get(agreement=agreement, key=key).text
            self._change(agreement, key, text, by=self.writer, terms=terms[key])
        if not finished:
            self._leave_open(agreement)
            return
        yield self._soon(1)
        self._add(agreement, "review", self.words["why_again"], by=self.writer)
        self._agree(agreement)
        self._offer(agreement)
        yield from self._sign(agreement)

    def _look_again(self, agreement: Agreement) -> Iterator[datetime.datetime]:
        """They look at it together and leave it as it is; in some pairs one has still to sign that."""
        weeks = min(self.plan.weeks, self.world.weeks)
        waiting = self.rng.random() < 0.3
        moment = self.world.now - (4 if waiting else 7 * weeks * 0.25) * DAY
        yield max(moment, self.world.clock.now() + 3 * DAY)
        agreement.refresh_from_db()
        today = self.world.local_day(self.world.clock.now())
        if agreement.in_force_from is None or agreement.in_force_from > today:
            return
        review = operations.propose_review(
            agreement=agreement,
            looked_on=today,
            next_on=today + 182 * DAY,
            note=self.rng.choice(self.words["looked"]).format_map(self._names()),
            evidence=self.world.evidence(self.writer, str(REVIEW_INTENT)),
            by=self.writer,
        )
        if waiting or review.is_sealed:
            return
        for person in self.talk.others:
            yield self._soon(0.7)
            offer = Offer.objects.of(review).open().first()
            if offer is not None and offer.parties.filter(person=person).exists():
                evidence = self.world.evidence(person, str(REVIEW_INTENT))
                operations.sign_review(review=review, seen=offer.digest, evidence=evidence, by=person)

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
