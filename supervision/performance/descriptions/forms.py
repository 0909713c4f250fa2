"""Forms of job descriptions. Forms clean; operations save."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from supervision.pages.forms import DateField, LineField, PlainForm, TextField, VersionField

from ..models import SECTION_NAMES
from .operations import NEEDED, Sections

MOST = 8000  # a page or two; what has to be longer belongs into a manual


class WriteForm(PlainForm):
    """The sections. Saved for `later` anything may be missing; to be read through it is complete."""

    version = VersionField()
    title = LineField(label=_("Title of the role"), required=False, max_length=120)
    purpose = TextField(
        label=_("Purpose of the role"),
        required=False,
        rows=3,
        max_length=MOST,
        help_text=_("What it is there for, in a sentence or two."),
    )
    does = TextField(
        label=_("What the person does"),
        required=False,
        rows=7,
        max_length=MOST,
        help_text=_(
            "Tasks and duties, as concretely as you can; what is decided alone and what is asked first."
        ),
    )
    does_not = TextField(
        label=_("What is not part of the role"),
        required=False,
        rows=5,
        max_length=MOST,
        help_text=_(
            "What others may ask for and this role leaves alone. For peer roles that protects the role."
        ),
    )
    works_with = TextField(label=_("Who they work with"), required=False, rows=3, max_length=MOST)
    hours_and_place = TextField(label=_("Hours and place"), required=False, rows=2, max_length=MOST)
    supervised_for = TextField(
        label=_("Who supervises them, and for what"),
        required=False,
        rows=3,
        max_length=MOST,
        help_text=_("Such as who looks at practice and growth, and who answers for hours, leave and policy."),
    )

    def __init__(self, *args: Any, later: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, said in NEEDED.items():
            self.fields[name].required = not later
            self.fields[name].show_optional = False  # type: ignore[attr-defined]
            self.fields[name].error_messages["required"] = said

    def sections(self) -> Sections:
        return Sections(**{name: self.cleaned_data[name] for name in SECTION_NAMES})


class InForceForm(PlainForm):
    """From when it holds."""

    version = VersionField()
    from_day = DateField(
        label=_("From which day it holds"),
        error_messages={"required": _("Enter the day from which it holds")},
    )


class ReplyForm(PlainForm):
    """What does not fit the work that is really done."""

    words = TextField(
        label=_("What does not fit the work you really do"),
        rows=5,
        max_length=MOST,
        help_text=_("In your own words. What you are asked to do and is not in here counts as well."),
        error_messages={"required": _("Say what does not fit, in your own words")},
    )
