"""The form of a session record: from a request to `operations.Written`, and from what is stored back to the page."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from supervision.pages.forms import (
    DateField,
    KeyField,
    LineField,
    MinutesField,
    PlainForm,
    TextField,
    TimeField,
    VersionField,
)
from supervision.people.models import Arrangement, User
from supervision.records.errors import Invalid

from . import content, local_time, policy, protocol
from .models import Action, Attendee, Session
from .operations import Next, Since, Written
from .operations.recording import check_comes_next
from .record_rows import StepRows, TopicRows


class RecordForm(PlainForm):
    """When and how you met, what came of it, and when you meet next. The rows are forms of their own."""

    version = VersionField()
    key = KeyField()
    date = DateField(
        label=gettext_lazy("Date"), error_messages={"required": gettext_lazy("Enter the date you met")}
    )
    start = TimeField(
        label=gettext_lazy("Start time"),
        error_messages={"required": gettext_lazy("Enter the time you started")},
    )
    minutes = MinutesField(label=gettext_lazy("Minutes"), max_value=720, required=False)
    end = TimeField(label=gettext_lazy("Or end time"), required=False)
    modality = forms.ChoiceField(
        label=gettext_lazy("How did you meet?"), choices=Session.Modality.choices, widget=forms.RadioSelect
    )
    place = LineField(label=gettext_lazy("Place"), required=False, max_length=300)
    focus = forms.ChoiceField(
        label=gettext_lazy("What it was about"), choices=Arrangement.Focus.choices, widget=forms.RadioSelect
    )
    ad_hoc = forms.BooleanField(
        label=gettext_lazy("This was an extra session, outside your usual times"), required=False
    )
    purposes = forms.MultipleChoiceField(
        label=gettext_lazy("What it touched on"),
        choices=Session.PURPOSES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    methods = forms.MultipleChoiceField(
        label=gettext_lazy("Besides talking"),
        choices=Session.METHODS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    strengths = TextField(label=gettext_lazy("Strengths and what went well"), required=False, rows=3)
    outcomes = TextField(
        label=gettext_lazy("Main points and decisions"),
        rows=5,
        error_messages={"required": gettext_lazy("Add at least one main point or decision")},
    )
    next_date = DateField(label=gettext_lazy("Date"), required=False)
    next_start = TimeField(label=gettext_lazy("Time"), required=False)
    next_place = LineField(label=gettext_lazy("Place or link"), required=False, max_length=300)
    typed_name = LineField(
        label=gettext_lazy("Type your full name to sign"),
        required=False,
        max_length=120,
        help_text=content.BOTH_INTENT,
        widget=forms.TextInput(attrs={"autocomplete": "name", "class": "w-medium"}),
    )

    def __init__(
        self,
        *args: Any,
        session: Session,
        writer: User,
        attendees: Sequence[Attendee],
        open_actions: Sequence[Action] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.writer = writer
        self.session, self.attendees, self.open_actions = session, list(attendees), list(open_actions)
        self.fields["ad_hoc"].show_optional = False  # type: ignore[attr-defined]
        # A draft may lack it; a record that is sent may not.
        self.fields["outcomes"].required = not self.is_bound or bool(self.data.get("send"))
        self.fields["minutes"].required = not self.is_bound  # or the time it ended
        if session.arrangement.focus != Arrangement.Focus.BOTH:
            del self.fields["focus"]
        self._ask_who_was_there()
        self._ask_about_steps()
        self._ask_how_it_went()

    # What depends on the session ---------------------------------------------------------------------------

    @property
    def is_pair(self) -> bool:
        return len(self.attendees) <= 2

    def _ask_who_was_there(self) -> None:
        if self.is_pair:
            return
        for row in self.attendees:
            there = forms.BooleanField(label=row.person.name, required=False, initial=row.attended)
            there.show_optional = False  # type: ignore[attr-defined]
            minutes = MinutesField(
                label=_("Minutes of %(name)s") % {"name": row.person.called},
                max_value=720,
                required=False,
                initial=row.minutes or self.session.minutes,
            )
            self.fields[f"there-{row.person_id}"] = there
            self.fields[f"there-{row.person_id}-minutes"] = minutes

    def _ask_how_it_went(self) -> None:
        said = {one["action"]: one for one in (self.session.pending or {}).get("since", [])}
        choices = [(key, str(label)) for key, label in content.HOW.items()]
        for action in self.open_actions:
            stands = stands_now(action)
            one = said.get(str(action.pk), {})
            about = {
                "aria-label": _("How it went: %(what)s") % {"what": action.text[:80]},
                "class": "form-select",
            }
            self.fields[f"since-{action.pk}-how"] = forms.ChoiceField(
                label=_("How it went"),
                choices=choices,
                initial=one.get("how", stands),
                widget=forms.Select(attrs=about),
            )
            self.fields[f"since-{action.pk}-reason"] = LineField(
                label=_("Why you let it go"),
                required=not self.is_bound or self.data.get(f"since-{action.pk}-how") == "dropped",
                error_messages={"required": _("Say in a few words why you are letting it go")},
                max_length=500,
                initial=one.get("reason", ""),
            )
            self.fields[f"since-{action.pk}-was"] = forms.ChoiceField(
                choices=choices, required=False, initial=stands, widget=forms.HiddenInput
            )

    def _ask_about_steps(self) -> None:
        """In a group and among equals: what came of each step, as far as it is worth keeping."""
        kept = self.session.protocol or {}
        for step in protocol.asked(self.session.structure):
            self.fields[f"protocol-{step.key}"] = TextField(
                label=step.asks,
                required=False,
                rows=2,
                max_length=protocol.LONGEST,
                initial=kept.get("said", {}).get(step.key, ""),
            )
        if protocol.rotates(self.session.structure):
            people = [(str(row.person_id), row.person.name) for row in self.attendees]
            self.fields["facilitator"] = forms.ChoiceField(
                label=_("Who facilitated"),
                choices=[("", _("Nobody in particular")), *people],
                required=False,
                initial=kept.get("facilitator", ""),
            )

    def protocol_fields(self) -> list[forms.BoundField]:
        """The fields of the steps, in their order."""
        names = [name for name in self.fields if name.startswith("protocol-") or name == "facilitator"]
        return [self[name] for name in names]

    def there_rows(self) -> list[dict[str, Any]]:
        """For the table of who was there, in a group."""
        if self.is_pair:
            return []
        return [
            {
                "person": row.person,
                "part": content.part_name(row.part, self.session.structure),
                "there": self[f"there-{row.person_id}"],
                "minutes": self[f"there-{row.person_id}-minutes"],
            }
            for row in self.attendees
        ]

    def since_rows(self) -> list[dict[str, Any]]:
        """For the table of what was open."""
        return [
            {
                "action": action,
                "how": self[f"since-{action.pk}-how"],
                "reason": self[f"since-{action.pk}-reason"],
                "was": self[f"since-{action.pk}-was"],
            }
            for action in self.open_actions
        ]

    # Checking ----------------------------------------------------------------------------------------------

    def unchecked(self) -> None:
        super().unchecked()
        self._as_on_a_fresh_page()

    def _as_on_a_fresh_page(self) -> None:
        """However the page comes back, its labels say what they said at first."""
        for name in ("minutes", "outcomes"):
            self.fields[name].required = True

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound:
            self._as_on_a_fresh_page()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self._clean_start(data)
        self._clean_length(data)
        self._clean_is_over(data)
        self._clean_next(data)
        if (
            self.data.get("send") == "signed"
            and not data.get("typed_name")
            and "typed_name" not in self.errors
        ):
            self.add_error("typed_name", _("Type your full name to sign, or send it without signing yet"))
        return data

    def _clean_start(self, data: dict[str, Any]) -> None:
        if data.get("date") and data.get("start"):
            try:
                moment = local_time.moment(data["date"], data["start"], self.session.zone)
                policy.check_may_have_met(self.writer, self.session.arrangement, moment, self.session.zone)
                data["starts_at"] = moment
            except Invalid as refusal:
                self.add_error(refusal.field, refusal.message)

    def _clean_length(self, data: dict[str, Any]) -> None:
        """Minutes, or an end time. Where both are given and differ, the one that was changed counts; if both were, ask."""
        start, end, minutes = data.get("starts_at"), data.get("end"), data.get("minutes")
        if "minutes" in self.errors or "end" in self.errors or start is None:
            return
        if end is None:
            if minutes is None:
                self.add_error("minutes", _("Enter the minutes, or the time you ended"))
            return
        if end <= data["start"]:
            self.add_error("end", _("The session ends before it starts. Check both times."))
            return
        try:
            spent = local_time.moment(data["date"], end, self.session.zone, field="end") - start
        except Invalid as refusal:
            self.add_error(refusal.field, refusal.message)
            return
        length = int(spent.total_seconds() // 60)
        if minutes is not None and minutes not in (length, self.session.minutes):
            self.add_error("end", _("The minutes and the end time say different things. Keep one of them."))
            return
        if not 1 <= length <= 720:
            self.add_error("end", _("Enter an end time within 12 hours of the start"))
            return
        data["minutes"] = length

    def _clean_is_over(self, data: dict[str, Any]) -> None:
        """A draft may be begun while they meet; it is sent when they have met."""
        start, minutes = data.get("starts_at"), data.get("minutes")
        if not self.data.get("send") or start is None or minutes is None or "end" in self.errors:
            return
        field = "end" if data.get("end") else "minutes"
        try:
            policy.check_is_over(start, minutes, self.session.zone, field=field)
        except Invalid as refusal:
            self.add_error(refusal.field, refusal.message)

    def _clean_next(self, data: dict[str, Any]) -> None:
        day, start = data.get("next_date"), data.get("next_start")
        data["next"] = None
        if "next_date" in self.errors or "next_start" in self.errors:
            return
        if day is None and start is None:
            if data.get("next_place"):
                self.add_error("next_date", _("Enter when you meet next, or leave the place empty too"))
            return
        if day is None:
            self.add_error("next_date", _("Enter the date of your next session"))
        elif start is None:
            self.add_error("next_start", _("Enter the time of your next session"))
        else:
            try:
                starts_at = local_time.moment(day, start, self.session.zone, field="next_start")
                check_comes_next(starts_at, after=data.get("starts_at"))
                policy.check_may_meet_next(
                    self.writer, self.session.arrangement, starts_at, self.session.zone
                )
            except Invalid as refusal:
                self.add_error(refusal.field, refusal.message)
                return
            data["next"] = Next(starts_at=starts_at, place=data.get("next_place", ""))

    def attended(self) -> dict[uuid.UUID, int]:
        data = self.cleaned_data
        if self.is_pair:
            return {row.person_id: data["minutes"] for row in self.attendees}
        return {
            row.person_id: self._minutes_of(row)
            for row in self.attendees
            if data.get(f"there-{row.person_id}")
        }

    def _minutes_of(self, row: Attendee) -> int:
        """Their own minutes; where nobody touched them, the length of the session, also when that was changed."""
        name, length = f"there-{row.person_id}-minutes", self.cleaned_data["minutes"]
        typed = self.cleaned_data.get(name)
        untouched = typed == self.fields[name].initial == self.session.minutes
        return length if typed is None or untouched else typed

    def written(self, agenda: TopicRows, steps: StepRows) -> Written:
        """What the operation takes. Only after every one of the three is valid."""
        data = self.cleaned_data
        return Written(
            starts_at=data["starts_at"],
            minutes=data["minutes"],
            modality=data["modality"],
            attended=self.attended(),
            place=data["place"],
            focus=data.get("focus", ""),
            ad_hoc=data["ad_hoc"],
            purposes=data["purposes"],
            methods=data["methods"],
            strengths=data["strengths"],
            outcomes=data["outcomes"],
            protocol={
                step.key: data[f"protocol-{step.key}"] for step in protocol.asked(self.session.structure)
            },
            facilitator=uuid.UUID(data["facilitator"]) if data.get("facilitator") else None,
            since=[
                Since(
                    action_id=action.pk,
                    how=data[f"since-{action.pk}-how"],
                    reason=data[f"since-{action.pk}-reason"]
                    if data[f"since-{action.pk}-how"] == "dropped"
                    else "",
                    was=data[f"since-{action.pk}-was"],
                )
                for action in self.open_actions
            ],
            agenda=agenda.topics(),
            steps=steps.steps(),
            next=data["next"],
        )


def stands_now(action: Any) -> str:
    """open, done or dropped, as loaded with `ActionQuerySet.with_state`."""
    return action.last_event if action.last_event in ("done", "dropped") else "open"


# From what is stored to the page --------------------------------------------------------------------------------


def initial_of(session: Session, *, following: Session | None, usual_days: int) -> dict[str, Any]:
    """What the form shows at first: the plan, or the draft as it was saved."""
    local = session.local_start
    values = {
        "version": session.version,
        "date": local.date(),
        "start": local.time().replace(tzinfo=None),
        "minutes": session.minutes,
        "modality": session.modality,
        "place": session.place,
        "focus": session.focus,
        "ad_hoc": session.ad_hoc,
        "purposes": session.purposes,
        "methods": session.methods,
        "strengths": session.strengths,
        "outcomes": session.outcomes,
    }
    return values | _initial_next(session, following, usual_days)


def _initial_next(session: Session, following: Session | None, usual_days: int) -> dict[str, Any]:
    """As the draft says; else what is planned already; else the usual time."""
    if session.pending:
        agreed = session.agreed_next()
        if agreed is None:
            return {}
        local = agreed[0].astimezone(session.zone)
        return _next_fields(local.date(), local.time(), agreed[1])
    if following is not None:
        local = following.starts_at.astimezone(session.zone)
        return _next_fields(local.date(), local.time(), following.place)
    day, clock = local_time.same_time(session.starts_at, usual_days, session.zone)
    return _next_fields(day, clock, session.place)


def _next_fields(day: datetime.date, clock: datetime.time, place: str) -> dict[str, Any]:
    return {"next_date": day, "next_start": clock.replace(tzinfo=None, fold=0), "next_place": place}
