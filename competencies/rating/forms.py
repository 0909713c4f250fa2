"""The form in which somebody rates the statements of a framework. It cleans; the operations of each kind of assessment save."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from supervision.pages.forms import PlainForm, TextField
from supervision.records import glyphs

from ..library.shape import Content, Domain, Statement
from .marks import UNSURE, Mark, Marks, lacking_words, no_letter_shape, unanswered

RATE, SAY = "rate-", "say-"  # with the id of a statement, the names of its two fields
CANT_SAY = gettext_lazy("Can’t say yet")


@dataclass(frozen=True)
class Question:
    """One statement with its bound fields. `say` is None where only ratings are asked for."""

    number: int
    statement: Statement
    rate: Any
    say: Any
    note: str = ""  # stands between the statement and its points

    @property
    def opens(self) -> bool:
        """Whether the room for words stands open: something is in it, or should be."""
        return bool(self.say and (self.say.value() or self.say.errors))


@dataclass(frozen=True)
class Section:
    """One domain with its questions."""

    domain: Domain
    questions: list[Question]
    after: Any = None  # a field of the whole domain


class RatingForm(PlainForm):
    """Every statement of `domains` with the points of the framework's scale and "can't say yet".

    `with_words` adds room for what shows it. Saving for later takes what is there: `finished` says that it is to be complete,
    every statement answered and the ends of the scale shown by words. `marks` is what was marked before; `notes` are words that
    stand beside a statement.
    """

    def __init__(
        self,
        *args: Any,
        content: Content,
        domains: Sequence[Domain],
        with_words: bool = True,
        finished: bool = False,
        marks: Marks | None = None,
        notes: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        self.content, self.domains = content, list(domains)
        self.with_words, self.finished, self.notes = with_words, finished, notes or {}
        kwargs["initial"] = {**_initial(marks or {}), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        choices = [(str(n), f"{n}. {point.label}") for n, point in enumerate(content.scale, start=1)]
        for one in self.statements:
            self.fields[RATE + one.id] = forms.ChoiceField(
                label=one.title or one.text,
                choices=[*choices, (UNSURE, CANT_SAY)],
                widget=forms.RadioSelect,
                required=False,
                error_messages={"invalid_choice": _("Choose one of the answers listed")},
            )
            if with_words:
                label = _("Statement %(n)s: a moment that shows it") % {"n": self.number_of(one)}
                self.fields[SAY + one.id] = TextField(label=label, required=False, rows=3, max_length=2000)

    @property
    def statements(self) -> list[Statement]:
        return [one for domain in self.domains for one in domain.statements]

    @property
    def marks(self) -> dict[str, Mark]:
        """What was marked, once the form has been found valid."""
        found = {}
        for one in self.statements:
            rated = self.cleaned_data.get(RATE + one.id, "")
            if rated:
                words = self.cleaned_data.get(SAY + one.id, "")
                found[one.id] = Mark(None if rated == UNSURE else int(rated), words)
        return found

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        marks = self.marks
        for one in self.statements:  # words without an answer would be lost
            if data.get(SAY + one.id) and one.id not in marks and RATE + one.id not in self.errors:
                said = _("Statement %(n)s: you wrote something, so choose an answer as well")
                self.add_error(RATE + one.id, said % {"n": self.number_of(one)})
        if self.finished:
            self._check_complete(marks)
        return data

    def _check_complete(self, marks: Marks) -> None:
        for one in unanswered(marks, self.statements):
            if RATE + one.id not in self.errors:
                said = _("Statement %(n)s: choose an answer. “Can’t say yet” is one.")
                self.add_error(RATE + one.id, said % {"n": self.number_of(one)})
        if self.with_words:
            self._check_letters(marks)
            for one in lacking_words(marks, self.statements, top=len(self.content.scale)):
                said = _("Statement %(n)s: say in a few words what shows this, or choose another answer")
                self.add_error(SAY + one.id, said % {"n": self.number_of(one)})

    def _check_letters(self, marks: Marks) -> None:
        """What is given is not changed any more: what no PDF could show is said now."""
        for one in self.statements:
            mark = marks.get(one.id)
            if mark and (missing := glyphs.uncovered(mark.words)):
                self.add_error(SAY + one.id, no_letter_shape(missing))

    def number_of(self, statement: Statement) -> int:
        """How the page counts it."""
        return self.statements.index(statement) + 1

    def sections(self) -> Iterator[Section]:
        """The form as its page shows it: domain by domain, the statements counted through."""
        number = 0
        for domain in self.domains:
            questions = []
            for one in domain.statements:
                number += 1
                say = self[SAY + one.id] if self.with_words else None
                questions.append(Question(number, one, self[RATE + one.id], say, self.notes.get(one.id, "")))
            yield Section(domain, questions, self.after(domain))

    def after(self, domain: Domain) -> Any:
        """The bound field that comes after the statements of a domain, where a form has one."""
        return None

    @property
    def answered(self) -> int:
        """How many statements have an answer, as the page shows the form."""
        return sum(1 for one in self.statements if self[RATE + one.id].value())


def with_saved(data: QueryDict, marks: Marks) -> QueryDict:
    """What a window sent, and where it sent nothing, what is saved: a ring once filled cannot be emptied, so nothing sent never
    means that it should go."""
    filled = data.copy()
    for name, value in _initial(marks).items():
        if value and not filled.get(name):
            filled[name] = value
    return filled


def _initial(marks: Marks) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for key, mark in marks.items():
        shown[RATE + key] = UNSURE if mark.point is None else str(mark.point)
        shown[SAY + key] = mark.words
    return shown
