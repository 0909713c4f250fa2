"""Forms about people. They clean; operations save."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from supervision.pages.forms import (
    DateField,
    KeyField,
    LineField,
    PlainForm,
    Rows,
    VersionField,
    YesNoField,
)

from . import public_holidays
from .choices import PersonField, zone_field
from .models import Arrangement, Participation, Program, User, today

# Marks by which one address could be read as two, or as something other than an address.
_NOT_IN_ADDRESS = re.compile(r"[\s\"'`,;:<>()\[\]\\\x00-\x1f\x7f]")


class AddressField(forms.EmailField):
    """An e-mail address, in lower case as sign-in looks for it."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": _("Enter an e-mail address, such as name@example.org")
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("E-mail"))
        super().__init__(max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"}), **kwargs)

    def clean(self, value: Any) -> str:
        address = str(super().clean(value)).lower()
        if _NOT_IN_ADDRESS.search(address):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return address


class OnceField(forms.UUIDField):
    """A hidden id for what the form will make, so that sending it twice makes one. Missing or forged: a new one."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False, initial=uuid.uuid4)

    def clean(self, value: Any) -> uuid.UUID:
        try:
            return super().clean(value) or uuid.uuid4()
        except ValidationError:
            return uuid.uuid4()


class NewPasswordFields(PlainForm):
    """Two fields for a new password, checked by the same rules as everywhere."""

    password = forms.CharField(
        label=_("Password"),
        help_text=_(
            "At least 10 characters. Not one that many people use, and not like your name or e-mail."
        ),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        label=_("The same password again"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def person_like(self) -> User:
        """Whom the password must not resemble."""
        return User()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, again = cleaned.get("password"), cleaned.get("password_again")
        if first is not None and again is not None and first != again:
            self.add_error("password_again", gettext("The two passwords differ. Type the same one twice."))
        elif first is not None:
            try:
                validate_password(first, self.person_like())
            except ValidationError as weak:
                self.add_error("password", weak)
        cleaned.pop("password_again", None)
        return cleaned


# Coming in -------------------------------------------------------------------------------------------------------


class _AgencyFields(PlainForm):
    agency_name = LineField(label=_("Name of the agency"), max_length=120)
    agency_zone = zone_field(initial="America/New_York")
    concern_days = forms.IntegerField(
        label=_("Days to raise a concern"),
        min_value=1,
        max_value=30,
        initial=3,
        help_text=_(
            "Working days that a peer worker has to raise a concern themself, where no agreement says otherwise."
        ),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "w-short"}),
    )
    answer_days = forms.IntegerField(
        label=_("Days to read and sign"),
        min_value=1,
        max_value=60,
        initial=7,
        help_text=_("After this time the one who wrote a record may close it with the signatures given."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "w-short"}),
    )
    second_factor_required = YesNoField(
        label=_("Do managers and administrators need a second way to prove it is them?"),
        initial=True,
        help_text=_("A code from their phone, or a passkey. Everybody can set one up."),
    )


class StartForm(NewPasswordFields, _AgencyFields):
    """The agency and its first administrator."""

    name = LineField(label=_("Your full name"), max_length=120)
    email = AddressField(label=_("Your e-mail"))
    field_order = [
        "agency_name",
        "agency_zone",
        "concern_days",
        "answer_days",
        "second_factor_required",
        "name",
        "email",
        "password",
        "password_again",
    ]

    def person_like(self) -> User:
        found = self.cleaned_data
        return User(name=found.get("name", ""), email=found.get("email", ""))

    def agency_facts(self) -> dict[str, Any]:
        found = self.cleaned_data
        return {
            "name": found["agency_name"],
            "time_zone": found["agency_zone"],
            "concern_days": found["concern_days"],
            "answer_days": found["answer_days"],
            "second_factor_required": found["second_factor_required"],
        }


class AgencyForm(_AgencyFields):
    version = VersionField()
    review_months = forms.IntegerField(
        label=_("Months between reviews of an agreement"),
        min_value=1,
        max_value=24,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "w-short"}),
    )
    holiday_country = forms.ChoiceField(
        label=_("Public holidays"),
        choices=public_holidays.countries,
        required=False,
        help_text=_("Whoever plans several sessions at once is shown which of them fall on one."),
    )
    field_order = [
        "agency_name",
        "agency_zone",
        "concern_days",
        "answer_days",
        "review_months",
        "holiday_country",
        "second_factor_required",
    ]


class InvitationForm(NewPasswordFields):
    preferred_name = LineField(
        label=_("Name to be called by"),
        max_length=60,
        required=False,
        help_text=_("Shown to the people you work with here."),
    )
    pronouns = LineField(label=_("Pronouns"), max_length=40, required=False)
    time_zone = zone_field(empty=_("The same as the agency"))

    field_order = [
        "preferred_name",
        "pronouns",
        "time_zone",
        "password",
        "password_again",
    ]

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        self.person = person
        super().__init__(*args, **kwargs)

    def person_like(self) -> User:
        return self.person


# Accounts -----------------------------------------------------------------------------------------------------------


class PeopleFilter(PlainForm):
    """What the list of people shows. An unknown answer in the address shows everybody."""

    STATES = (
        ("", _("Open")),
        ("invited", _("Not signed in yet")),
        ("closed", _("Closed")),
        ("administrators", _("Administrators")),
    )
    q = LineField(label=_("Name"), required=False, max_length=120)
    program = forms.ChoiceField(label=_("Program"), required=False)
    state = forms.ChoiceField(label=_("Account"), required=False, choices=STATES)

    def __init__(self, *args: Any, programs: Iterable[Program], administrator: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(each.pk), each.name) for each in programs]
        self.fields["program"].choices = [("", gettext("All programs")), *choices]  # type: ignore[attr-defined]
        if not administrator:
            del self.fields["state"]


class _WorkFields(PlainForm):
    name = LineField(label=_("Full name"), max_length=120)
    job_title = LineField(label=_("Job title"), max_length=80, required=False)
    job_role = forms.ChoiceField(
        label=_("Job role"), choices=[("", _("Not given")), *User.JobRole.choices], required=False
    )
    line_manager = PersonField(
        label=_("Line manager"),
        required=False,
        nobody=_("Nobody named"),
        help_text=_(
            "Writes and reads their job description, may write notes about their work, and reads those that name them. All of "
            "them are told of a change."
        ),
    )
    started_on = DateField(label=_("Start date"), required=False)
    time_zone = zone_field(empty=_("The same as the agency"))
    is_external = forms.BooleanField(
        label=_("Works outside the agency"),
        required=False,
        help_text=_("For a supervisor from elsewhere, who sees only the arrangements they are part of."),
    )

    def __init__(self, *args: Any, people: Iterable[User] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line_manager"].offer(people)  # type: ignore[attr-defined]


class AddPersonForm(_WorkFields):
    id = OnceField()
    email = AddressField(help_text=_("They sign in with it. The invitation goes there."))
    program = forms.ChoiceField(label=_("Program"), required=False)
    supervised = YesNoField(
        label=_("Are they to be supervised there?"),
        initial=True,
        required=False,
        help_text=_("Yes for a peer worker. They then show as waiting until somebody supervises them."),
    )
    invite_now = YesNoField(label=_("Send the invitation now?"), initial=True)

    field_order = [
        "name",
        "email",
        "job_title",
        "job_role",
        "program",
        "supervised",
        "line_manager",
        "started_on",
        "time_zone",
        "is_external",
        "invite_now",
    ]

    def __init__(self, *args: Any, programs: Iterable[Program], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.programs = {str(each.pk): each for each in programs}
        choices = [("", gettext("None yet")), *((key, each.name) for key, each in self.programs.items())]
        self.fields["program"].choices = choices  # type: ignore[attr-defined]

    def clean_program(self) -> Program | None:
        return self.programs.get(self.cleaned_data["program"])

    def clean_supervised(self) -> bool:
        return self.cleaned_data["supervised"] is not False


class EditPersonForm(_WorkFields):
    version = VersionField()
    ended_on = DateField(label=_("End date"), required=False)
    field_order = [
        "name",
        "job_title",
        "job_role",
        "line_manager",
        "started_on",
        "ended_on",
        "time_zone",
        "is_external",
    ]


class AddressForm(PlainForm):
    new_email = AddressField(label=_("New e-mail"))


class CredentialForm(PlainForm):
    name = LineField(label=_("Credential"), max_length=120, help_text=_("Such as certified peer specialist."))
    number = LineField(label=_("Number"), max_length=60, required=False)
    issuer = LineField(label=_("Issued by"), max_length=120, required=False)
    issued_on = DateField(label=_("Issued on"), required=False)
    expires_on = DateField(label=_("Expires on"), required=False)


# Own pages -------------------------------------------------------------------------------------------------------------


class DetailsForm(PlainForm):
    version = VersionField()
    preferred_name = LineField(
        label=_("Name to be called by"),
        max_length=60,
        required=False,
        help_text=_("Shown to the people you work with here."),
    )
    pronouns = LineField(label=_("Pronouns"), max_length=40, required=False)
    time_zone = zone_field(empty=_("The same as the agency"))
    theme = forms.ChoiceField(
        label=_("Display"), choices=User.Theme.choices, required=False, widget=forms.RadioSelect
    )


class CalendarForm(PlainForm):
    """The buttons for the address of one's own calendar."""

    key = KeyField()
    version = VersionField()


class AwayForm(PlainForm):
    first_day = DateField(label=_("First day away"))
    last_day = DateField(label=_("Last day away"))


# Programs ----------------------------------------------------------------------------------------------------------------


class ProgramForm(PlainForm):
    name = LineField(label=_("Name of the program"), max_length=120)


class EditProgramForm(ProgramForm):
    version = VersionField()
    is_active = YesNoField(
        label=_("Is the program open?"),
        help_text=_("In a closed program nobody new is placed or supervised. Everything recorded stays."),
    )


class PlaceForm(PlainForm):
    person = PersonField(label=_("Person"))
    supervised = YesNoField(label=_("Are they to be supervised here?"), initial=True)
    since = DateField(label=_("From"), initial=today)

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].offer(people)  # type: ignore[attr-defined]


class EditPlaceForm(PlainForm):
    supervised = YesNoField(label=_("Are they to be supervised here?"))
    until = DateField(label=_("Last day"), required=False, help_text=_("Leave empty while they stay."))


class ManagerForm(PlainForm):
    person = PersonField(label=_("Person"))

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].offer(people)  # type: ignore[attr-defined]


# Arrangements ---------------------------------------------------------------------------------------------------------------


class ArrangementForm(PlainForm):
    program = forms.ChoiceField(label=_("Program"), error_messages={"required": _("Choose a program")})
    structure = forms.ChoiceField(
        label=_("Structure"), choices=Arrangement.Structure.choices, initial=Arrangement.Structure.INDIVIDUAL
    )
    focus = forms.ChoiceField(
        label=_("Focus"),
        choices=Arrangement.Focus.choices,
        initial=Arrangement.Focus.DEVELOPMENT,
        help_text=_("With both, each session says which part was which."),
    )
    started_on = DateField(label=_("From"), initial=today)

    def __init__(self, *args: Any, programs: Iterable[Program], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.programs = {str(each.pk): each for each in programs}
        choices = [(key, each.name) for key, each in self.programs.items()]
        if len(choices) != 1:
            choices.insert(0, ("", gettext("Choose a program")))
        self.fields["program"].choices = choices  # type: ignore[attr-defined]

    def clean_program(self) -> Program:
        return self.programs[self.cleaned_data["program"]]


class PartRow(PlainForm):
    person = PersonField(label=_("Person"))
    part = forms.ChoiceField(label=_("Part"), choices=Participation.Part.choices)

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].offer(people)  # type: ignore[attr-defined]


class PartRows(Rows):
    form_class = PartRow
    prefix = "people"
    one = _("person")
    max_rows = 32
    min_rows = 2
    min_message = _("Name at least two people")
    blank_rows = 2


class JoinForm(PlainForm):
    version = VersionField()
    person = PersonField(label=_("Person"))
    part = forms.ChoiceField(label=_("Part"), choices=Participation.Part.choices)
    on = DateField(label=_("From"), initial=today)

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].offer(people)  # type: ignore[attr-defined]


class ReplaceForm(PlainForm):
    """Who supervises or facilitates in somebody's place, and from which day."""

    version = VersionField()
    person = PersonField(label=_("Who comes in their place"))
    on = DateField(label=_("From"), initial=today)

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].offer(people)  # type: ignore[attr-defined]


class LastDayForm(PlainForm):
    """The last day of an arrangement, or of somebody's part in one."""

    version = VersionField()
    on = DateField(label=_("Last day"), initial=today)


class ArrangementFilter(PlainForm):
    """What the list of arrangements shows. An unknown answer in the address shows everything."""

    STATES = (("", _("Running now")), ("ended", _("Ended")), ("all", _("All")))
    program = forms.ChoiceField(label=_("Program"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False, choices=STATES)

    def __init__(self, *args: Any, programs: Iterable[Program], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(each.pk), each.name) for each in programs]
        self.fields["program"].choices = [("", gettext("All programs")), *choices]  # type: ignore[attr-defined]
