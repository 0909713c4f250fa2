"""Form bases. Plain words, errors that say what to do, nothing typed ever lost or cut off in silence.

Forms clean; operations save. See docs/pages.md for how a view uses them.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from supervision.pages import sign_in_words

WORDS_LIMIT = 20_000
LINE_LIMIT = 200
EARLIEST, LATEST = datetime.date(1900, 1, 1), datetime.date(2199, 12, 31)

# Tab and line feed may stay; form feed and vertical tab come with pasted text and mean a new line.
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
# Embeddings and overrides show letters in another order than they were typed in: a name could read as another's.
_REORDERING = re.compile(r"[\u202a-\u202e\ufeff]")
_LINE_BREAKS = re.compile(r"\r\n|[\r\x0b\x0c\u2028\u2029]")

Words = str | Promise


# Fields -------------------------------------------------------------------------------------------


class _ShowsWhatWasTyped:
    """A browser empties a date, time or number box whose value it cannot read. As text, the words stay."""

    readable: str

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)  # type: ignore[misc]
        shown = context["widget"]["value"]
        if shown and not re.fullmatch(self.readable, str(shown)):
            context["widget"]["type"] = "text"
        return context


class DateInput(_ShowsWhatWasTyped, forms.DateInput):
    """The browser's own date picker, which needs ISO values whatever the language."""

    input_type = "date"
    readable = r"[0-9]{4}-(0[1-9]|1[0-2])-([0-2][0-9]|3[01])"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        try:  # February 31 has the right shape, and the picker would swallow it
            datetime.date.fromisoformat(str(context["widget"]["value"]))
        except ValueError:
            if context["widget"]["value"]:
                context["widget"]["type"] = "text"
        return context


class TimeInput(_ShowsWhatWasTyped, forms.TimeInput):
    input_type = "time"
    readable = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class NumberInput(_ShowsWhatWasTyped, forms.NumberInput):
    readable = r"-?[0-9]+([.][0-9]+)?"


class DateField(forms.DateField):
    """A date: picked, or typed as 2026-11-24 or 11/24/2026. Between 1900 and 2199."""

    widget = DateInput
    input_formats = ("%Y-%m-%d", "%m/%d/%Y")
    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": _("Enter a date that exists, such as 11/24/2026"),
        "range": _("Enter a date between 1900 and 2199"),
    }

    def clean(self, value: Any) -> datetime.date | None:
        date = super().clean(value)
        if date and not EARLIEST <= date <= LATEST:
            raise ValidationError(self.error_messages["range"], code="range")
        return date


class TimeField(forms.TimeField):
    """A time of day: picked, or typed as 14:00 or 2:00 pm."""

    widget = TimeInput
    input_formats = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M%p", "%I %p", "%I%p")
    default_error_messages: ClassVar[dict[str, Any]] = {"invalid": _("Enter a time, such as 2:00 pm")}


class LineField(forms.CharField):
    """One line of text. Control characters and over-long text are refused with a sentence."""

    keeps_order = True

    default_error_messages: ClassVar[dict[str, Any]] = {
        "control": _(
            "Remove the character that can’t be shown or printed. It may have come with pasted text; "
            "typing that part again helps."
        )
    }

    def __init__(self, *, max_length: int | None = LINE_LIMIT, **kwargs: Any) -> None:
        super().__init__(max_length=None, **kwargs)
        self.limit = max_length

    def to_python(self, value: Any) -> str:
        text = _LINE_BREAKS.sub("\n", str(value)) if value not in self.empty_values else ""
        if _CONTROLS.search(text) or (self.keeps_order and _REORDERING.search(text)):
            raise ValidationError(self.error_messages["control"], code="control")
        text = super().to_python(self.tidy(text)) or ""
        if self.limit is not None and len(text) > self.limit:
            raise ValidationError(
                ngettext(
                    "Shorten this by %(over)s character. There is room for %(limit)s.",
                    "Shorten this by %(over)s characters. There is room for %(limit)s.",
                    len(text) - self.limit,
                )
                % {"over": f"{len(text) - self.limit:,}", "limit": f"{self.limit:,}"},
                code="max_length",
            )
        return text

    def tidy(self, text: str) -> str:
        return " ".join(text.splitlines())


class TextField(LineField):
    """Text of many lines, kept with its line breaks (as LF). 20,000 characters unless told otherwise."""

    keeps_order = False
    widget = forms.Textarea

    def __init__(self, *, max_length: int | None = WORDS_LIMIT, rows: int = 4, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(max_length=max_length, **kwargs)

    def tidy(self, text: str) -> str:
        return text


class MinutesField(forms.IntegerField):
    """A length in whole minutes, 1 to 600 unless told otherwise."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": _("Enter the minutes as a number, such as 60")
    }

    def __init__(self, *, min_value: int = 1, max_value: int = 600, **kwargs: Any) -> None:
        kwargs.setdefault("widget", NumberInput(attrs={"inputmode": "numeric", "class": "w-short"}))
        super().__init__(min_value=min_value, max_value=max_value, **kwargs)
        message = _("Enter a number of minutes between %(low)s and %(high)s")
        for validator in self.validators:
            validator.message = message % {"low": min_value, "high": max_value}  # type: ignore[attr-defined]


class YesNoField(forms.TypedChoiceField):
    """Two radio buttons giving True or False; None when optional and unanswered."""

    def __init__(self, *, yes: Words = "", no: Words = "", **kwargs: Any) -> None:
        super().__init__(
            choices=[("no", no or _("No")), ("yes", yes or _("Yes"))],
            coerce=lambda value: value == "yes",
            empty_value=None,
            widget=forms.RadioSelect,
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


class KeyField(forms.UUIDField):
    """The id that a new row will have, hidden: a form sent twice then makes one. A forged one counts as none."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except forms.ValidationError:
            return None


class VersionField(forms.IntegerField):
    """Which version the person was looking at, hidden. Missing or forged counts as an old one (STALE).

    An operation that compares it then refuses with the 409 page, where nothing typed is lost.
    """

    STALE: ClassVar[int] = -1
    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def clean(self, value: Any) -> int:
        sent = str(
            value
        )  # read by ourselves: an integer field takes "3." and digits of other scripts as well
        found = int(sent) if re.fullmatch(r"[0-9]{1,10}", sent) else self.STALE
        return found if found < 2**31 else self.STALE

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


# Forms --------------------------------------------------------------------------------------------

_DEFAULT_REQUIRED = forms.Field.default_error_messages["required"]
_DEFAULT_CHOICE = forms.ChoiceField.default_error_messages["invalid_choice"]
_DEFAULT_MODEL_CHOICE = forms.ModelChoiceField.default_error_messages["invalid_choice"]
_DEFAULT_EMAIL = _("Enter an e-mail address, such as name@example.org")


def _required_message(field: forms.Field, label: Words) -> Words:
    if isinstance(field, forms.BooleanField):
        return gettext("Tick “%(label)s” to go on") % {"label": label}
    if isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
        return gettext("Choose an answer for “%(label)s”") % {"label": label}
    return gettext("Fill in “%(label)s”") % {"label": label}


def _plain_messages(name: str, field: forms.Field) -> None:
    label = field.label or name.replace("_", " ").capitalize()
    messages: dict[str, Any] = field.error_messages
    if messages.get("required") == _DEFAULT_REQUIRED:
        messages["required"] = _required_message(field, label)
    if isinstance(field, forms.ChoiceField | forms.ModelChoiceField) and (
        messages["invalid_choice"] in (_DEFAULT_CHOICE, _DEFAULT_MODEL_CHOICE)
    ):
        messages["invalid_choice"] = gettext("Choose one of the answers listed for “%(label)s”") % {
            "label": label
        }
    if isinstance(field, forms.EmailField):
        validators: list[Any] = field.validators
        for validator in validators:
            if hasattr(validator, "user_regex"):
                validator.message = _DEFAULT_EMAIL


def make_plain(form: Any) -> Any:
    """Give a form of the sign-in library our words and manners, in place. Errors found already are reworded."""
    form.use_required_attribute = False
    form.label_suffix = ""
    form._bound_fields_cache.clear()  # they keep the label of their first use
    for name, field in form.fields.items():
        field.label = sign_in_words.LABELS.get(name, field.label)
        field.help_text = sign_in_words.HINTS.get(name, field.help_text)
        field.widget.attrs.pop("placeholder", None)
        _plain_messages(name, field)
    for name, errors in form.errors.items() if form.is_bound else ():
        known = getattr(form.fields.get(name), "error_messages", {})
        for error in errors.as_data():
            if error.code in ("required", "invalid_choice"):
                error.message = known.get(error.code, error.message)
            elif error.code in sign_in_words.ERRORS:
                error.message, error.params = sign_in_words.ERRORS[error.code], None
    return form


class PlainForm(forms.Form):
    """Base of every form. Errors come from the server in plain words; the browser's own bubbles stay out."""

    use_required_attribute = False
    summary_shown = False
    initial_is_saved = True  # not where a form begins with a suggestion, which nobody saved

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items() if self.is_bound else ():  # nothing else is checked
            _plain_messages(name, field)

    def unchecked(self) -> None:
        """Show what was typed without judging it: used when a row button was pressed."""
        self._errors = ErrorDict()
        self.cleaned_data = {}


def all_valid(*forms_: Any) -> bool:
    """Check every one, so that every error shows at once."""
    found = [form.is_valid() for form in forms_]
    return all(found)


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: everything that was sent, also when that is nothing at all."""
    return request.POST if request.method == "POST" else None


def render_form(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, invalid: bool = False
) -> HttpResponse:
    """The page with its form; status 422 and a title beginning "Error:" when something needs fixing."""
    return render(request, template, {**context, "invalid": invalid}, status=422 if invalid else 200)


# Editable rows --------------------------------------------------------------------------------------


class Rows:
    """A list of small forms that people add to and remove from, with or without script.

    Unlike Django's formset it trusts nothing it is told about itself: rows are found in what was posted,
    a row or a row count that did not arrive is an error in plain words, positions are renumbered, and
    nothing depends on what the row held before. Removing is undone with "Put it back".
    """

    form_class: type[PlainForm]
    prefix: str
    one: Words = _("row")
    max_rows = 30
    min_rows = 0
    min_message: Words = ""
    blank_rows = 1

    summary_shown = False

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        initial: Sequence[Mapping[str, Any]] = (),
        form_kwargs: Mapping[str, Any] | None = None,
        prefix: str | None = None,
    ) -> None:
        self.prefix = prefix or self.prefix
        self.form_kwargs = dict(form_kwargs or {})
        self.is_bound = data is not None
        self.button = ""
        self._non_form_errors: list[Words] = []
        self._checked = False
        self.forms: list[PlainForm] = self._bound(data) if data is not None else self._unbound(initial)

    # Building -----------------------------------------------------------------------------------

    def _unbound(self, initial: Sequence[Mapping[str, Any]]) -> list[PlainForm]:
        rows = [self._row(number, initial=values) for number, values in enumerate(initial)]
        return rows + [self._row(number) for number in range(len(rows), self.blank_rows)]

    def _bound(self, data: Mapping[str, Any]) -> list[PlainForm]:
        posted = self._posted(data)
        self._compare_with_count(data.get(f"{self.prefix}-TOTAL_FORMS"), posted)
        self._press(data, posted)
        rows: list[PlainForm] = []
        for values in posted.values():
            row = self._row(len(rows), values)
            if row.removed and self._is_blank(row):  # type: ignore[attr-defined]
                continue
            rows.append(row)
        if self.button == "add" and len(rows) < self.max_rows:
            rows.append(self._row(len(rows), focus=True))
        elif self.button == "add" or len(rows) > self.max_rows:
            self._non_form_errors.append(
                gettext("There is room for %(max)s here. Remove one to add another.") % {"max": self.max_rows}
            )
        return rows

    def _posted(self, data: Mapping[str, Any]) -> dict[int, dict[str, list[str]]]:
        """What arrived, by the number it arrived under, in that order."""
        key = re.compile(rf"{re.escape(self.prefix)}-([0-9]{{1,9}})-(.+)", re.DOTALL)
        rows: dict[int, dict[str, list[str]]] = {}
        for name in data:
            if found := key.fullmatch(name):
                values = data.getlist(name) if isinstance(data, QueryDict) else [data[name]]
                rows.setdefault(int(found[1]), {})[found[2]] = values
        return dict(sorted(rows.items()))

    def _compare_with_count(self, total: Any, posted: Mapping[int, Any]) -> None:
        """Every row that was on the page must have arrived; otherwise a row would vanish in silence."""
        known = re.fullmatch(r"[0-9]{1,9}", str(total or ""))
        if not known or any(number not in posted for number in _first_gap(int(known[0]), posted)):
            self._non_form_errors.append(
                _(
                    "Part of this list did not arrive. Check the rows below, add what is missing, "
                    "and send it again."
                )
            )

    def _press(self, data: Mapping[str, Any], posted: dict[int, dict[str, list[str]]]) -> None:
        if data.get("add") == self.prefix:
            self.button = "add"
        for name, removed in (("remove", ["on"]), ("restore", [""])):
            for number, values in posted.items():
                if data.get(name) == f"{self.prefix}-{number}":
                    self.button = name
                    values["DELETE"] = removed
                    values["just_pressed"] = ["on"]

    def _row(
        self,
        number: int | str,
        values: Mapping[str, list[str]] | None = None,
        initial: Mapping[str, Any] | None = None,
        focus: bool = False,
    ) -> PlainForm:
        prefix = f"{self.prefix}-{number}"
        data = None
        if values is not None:
            data = QueryDict(mutable=True)
            for name, items in values.items():
                data.setlist(f"{prefix}-{name}", items)
        row: Any = self.form_class(data, prefix=prefix, initial=dict(initial or {}), **self.form_kwargs)
        row.number = number + 1 if isinstance(number, int) else "__number__"
        row.removed = bool(values and any(values.get("DELETE", [])))
        row.just_pressed = bool(values and values.get("just_pressed"))
        if focus or (row.just_pressed and not row.removed):
            for bound in row.visible_fields()[:1]:
                bound.field.widget.attrs["autofocus"] = True
        return row

    # What templates read --------------------------------------------------------------------------

    @cached_property
    def empty_form(self) -> PlainForm:
        """The row that script copies; it puts numbers for __prefix__ and __number__."""
        return self._row("__prefix__")

    @property
    def total(self) -> int:
        return len(self.forms)

    @property
    def total_name(self) -> str:
        return f"{self.prefix}-TOTAL_FORMS"

    @property
    def labels(self) -> list[Words]:
        return [bound.label for bound in self.empty_form.visible_fields()]

    def __iter__(self) -> Iterator[PlainForm]:
        return iter(self.forms)

    def __bool__(self) -> bool:
        return True

    # Checking ---------------------------------------------------------------------------------------

    def is_valid(self) -> bool:
        self._check()
        return self.is_bound and not self._non_form_errors and not any(row.errors for row in self.forms)

    def non_form_errors(self) -> list[Words]:
        self._check()
        return self._non_form_errors

    @property
    def errors(self) -> list[Any]:
        self._check()
        return [row.errors for row in self.forms]

    @property
    def cleaned_rows(self) -> list[dict[str, Any]]:
        """cleaned_data of every filled-in row in the order shown. Only after is_valid()."""
        return [row.cleaned_data for row in self._filled()]

    @property
    def removed_rows(self) -> list[dict[str, Any]]:
        """What could be cleaned of the rows that the person removed, for example their hidden ids."""
        self._check()
        return [row.cleaned_data for row in self.forms if row.removed]  # type: ignore[attr-defined]

    def unchecked(self) -> None:
        self._checked = True
        for row in self.forms:
            row.unchecked()

    def _filled(self) -> list[PlainForm]:
        return [row for row in self.forms if row.is_bound and not row.removed and not self._is_blank(row)]  # type: ignore[attr-defined]

    def _check(self) -> None:
        if self._checked or not self.is_bound:
            return
        self._checked = True
        filled = self._filled()
        for row in self.forms:
            row.full_clean()
            if row not in filled:
                row._errors = ErrorDict()
        if len(filled) < self.min_rows:
            self._non_form_errors.append(
                self.min_message
                or ngettext("Fill in at least %(n)s row", "Fill in at least %(n)s rows", self.min_rows)
                % {"n": self.min_rows}
            )

    @staticmethod
    def _is_blank(row: PlainForm) -> bool:
        """Nobody filled anything in: text is empty and choices stand where they stood at first."""
        return all(_is_untouched(bound) for bound in row)


def _first_gap(total: int, posted: Mapping[int, Any]) -> range:
    """The numbers to look for: never more than arrived, plus one, however large a total was forged."""
    return range(min(total, len(posted) + 1))


def _is_untouched(bound: forms.BoundField) -> bool:
    value = bound.data if bound.form.is_bound else None
    if value in (None, "", []) or (isinstance(value, str) and not value.strip()):
        return True
    if bound.is_hidden:
        return isinstance(bound.field, VersionField)  # an id means that the row exists already
    start = bound.initial
    if isinstance(bound.field, forms.BooleanField):
        return bool(bound.field.widget.value_from_datadict(bound.form.data, {}, bound.html_name)) == bool(
            start
        )
    if isinstance(bound.field, forms.ChoiceField | forms.ModelChoiceField):
        choices: Any = bound.field.choices
        first = next(iter(choices), (None,))[0]
        standing = start if start is not None else first
        return isinstance(bound.field.widget, forms.Select) and str(value) == str(
            bound.field.prepare_value(standing)
        )
    return False


def row_button_pressed(request: HttpRequest, *forms_: Any) -> bool:
    """Did a row button (Add, Remove, Put it back) send this page? Then show it again; nothing is saved."""
    pressed = any(isinstance(form, Rows) and form.button for form in forms_)
    if pressed:
        for form in forms_:
            form.unchecked()
    return pressed


# Error summary ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FormError:
    """One line of the error summary: the words, and the id of the control to go to (may be empty)."""

    text: Any
    target: str


def errors_of(form: Any) -> list[FormError]:
    """Everything to fix in a form, a Rows or a Django formset, in the order of the page."""
    if isinstance(form, Rows):
        found = [FormError(text, f"rows-{form.prefix}") for text in form.non_form_errors()]
        for row in form.forms:
            lead = gettext("%(what)s %(number)s: ") % {"what": _capital(form.one), "number": row.number}  # type: ignore[attr-defined]
            found += [FormError(f"{lead}{error.text}", error.target) for error in errors_of(row)]
        return found
    if not getattr(form, "is_bound", False):
        return []
    if isinstance(form, forms.BaseFormSet):
        found = [FormError(text, "") for text in form.non_form_errors()]
        return found + [error for each in form.forms for error in errors_of(each)]
    found = [FormError(text, "") for text in form.non_field_errors()]
    for bound in form:
        found += [FormError(text, _target(bound)) for text in bound.errors]
    return found


def _target(bound: forms.BoundField) -> str:
    if bound.is_hidden:
        return ""
    if not bound.field.widget.use_fieldset:
        return bound.id_for_label
    first = next(iter(getattr(bound.field, "choices", [])), ("", ""))
    return f"{bound.auto_id}_0_0" if isinstance(first[1], list | tuple) else f"{bound.auto_id}_0"


def _capital(text: Words) -> str:
    said = str(text)
    return said[:1].upper() + said[1:]
