"""The boxes of forms, drawn without templates: a form has many, a box may have hundreds of choices, and the template of each choice
costs more than all that is said about it.

A box is what Django's own templates would draw, to the letter; a test compares them. A field is a box with its label, hint and errors
(docs/pages.md); the template in `bootstrap5` draws what stands around several boxes, and asks here for everything else.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.formats import localize
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

_HERE = "django/forms/widgets/"
_INPUTS = (
    "input",
    "text",
    "number",
    "email",
    "url",
    "password",
    "hidden",
    "date",
    "time",
    "datetime",
    "checkbox",
)
_OPTION = f"{_HERE}select_option.html"


class Renderer(DjangoTemplates):
    """Draws plain boxes, lists to choose from and text areas itself, and leaves everything else to Django's templates."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        draw = _DRAWN.get(template_name)
        drawn = draw(context["widget"]) if draw else None
        return super().render(template_name, context, request) if drawn is None else drawn


def _input(widget: Mapping[str, Any]) -> str:
    value = widget["value"]
    said = "" if value is None else f' value="{_plain(value)}"'
    return SafeString(
        f'<input type="{_shown(widget["type"])}" name="{_shown(widget["name"])}"{said}{_attributes(widget)}>'
    )


def _textarea(widget: Mapping[str, Any]) -> str:
    value = widget["value"]
    return SafeString(
        f'<textarea name="{_shown(widget["name"])}"{_attributes(widget)}>\n{_shown(value) if value else ""}</textarea>'
    )


def _select(widget: Mapping[str, Any]) -> str | None:
    drawn = [f'<select name="{_shown(widget["name"])}"{_attributes(widget)}>']
    for name, options, _index in widget["optgroups"]:
        if any(option["template_name"] != _OPTION for option in options):
            return None
        drawn += [f'\n  <optgroup label="{_shown(name)}">'] if name else []
        drawn += map(_option, options)
        drawn += ["\n  </optgroup>"] if name else []
    return SafeString("".join([*drawn, "\n</select>"]))


def _option(option: Mapping[str, Any]) -> str:
    return f'\n  <option value="{_plain(option["value"])}"{_attributes(option)}>{_shown(option["label"])}</option>\n'


def _attributes(widget: Mapping[str, Any]) -> str:
    return "".join(
        f" {_shown(name)}" if value is True else f' {_shown(name)}="{_plain(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _plain(value: Any) -> str:
    """As the filter `stringformat:'s'` gives it to a template."""
    return value if isinstance(value, SafeString) else html.escape(str(value))


def _shown(value: Any) -> str:
    """As a template shows a variable."""
    if type(value) is str:  # Django's own looks for words that are still to be translated first
        return html.escape(value)
    return conditional_escape(value if isinstance(value, str) else str(localize(value)))


# Fields -------------------------------------------------------------------------------------------------------


def is_plain(field: forms.BoundField) -> bool:
    """Whether a field is one box below its label: not ticked, not hidden, no file, and not several boxes."""
    widget = field.field.widget
    others = isinstance(widget, forms.CheckboxInput | forms.FileInput | forms.MultiWidget)
    return not (others or widget.is_hidden or widget.use_fieldset)


def plain_field(field: forms.BoundField) -> SafeString:
    """A field that `is_plain`. Hint and error stand before the box; "(optional)" instead of asterisks."""
    optional = (
        "" if field.field.required else format_html(' <span class="optional">{}</span>', _("(optional)"))
    )
    classes = ["mb-3", *(["field-error"] if field.errors else []), *field.css_classes().split()]
    _dress(field.field.widget, "is-invalid" if field.errors else "")
    return format_html(
        '<div id="div_{}" class="{}">\n<label for="{}" class="form-label">{}{}</label>\n{}\n{}{}</div>',
        field.auto_id,
        " ".join(classes),
        field.id_for_label,
        field.label,
        optional,
        hint_and_errors(field),
        field,
        getattr(field.field, "below", ""),
    )


def ticks(field: forms.BoundField) -> SafeString:
    """The boxes of a field to choose from: one, or several. Of boxes under a year the first stands for all of it, and the others
    open below.
    """
    widget, name = field.field.widget, _shown(field.html_name)
    attrs = field.build_widget_attrs({"id": widget.attrs.get("id") or field.auto_id})
    drawn = []
    for group, options, _index in widget.optgroups(
        field.html_name, widget.format_value(field.value()), attrs
    ):
        boxes = [_tick(name, option) for option in options]
        drawn.append(_under(field, group, boxes) if group else SafeString("".join(boxes)))
    return SafeString(f"<div>{''.join(drawn)}\n</div>")


def _tick(name: str, option: Mapping[str, Any]) -> SafeString:
    value, said = _plain(option["value"]), conditional_escape(option["label"])
    box = f'<input type="{option["type"]}" class="form-check-input" name="{name}" value="{value}"{_attributes(option)}>'
    label = f'<label for="{_plain(option["attrs"].get("id", ""))}" class="form-check-label">{said}</label>'
    return SafeString(f'\n<div class="form-check">{box}{label}</div>')


def _under(field: forms.BoundField, group: Any, boxes: list[SafeString]) -> SafeString:
    first, *others = boxes
    return format_html(
        '<div role="group" aria-label="{}, {}">{}<details class="more"{}><summary>{}</summary>{}</details></div>',
        field.label,
        group,
        first,
        SafeString(" open") if field.form.is_bound else "",
        _("%(group)s, one by one") % {"group": group},
        SafeString("".join(others)),
    )


def hint_and_errors(field: forms.BoundField) -> SafeString:
    """What `aria-describedby` of the box points to."""
    hint, errors = field.help_text, field.errors
    return format_html(
        "{}{}",
        format_html('<div id="{}_helptext" class="form-text">{}</div>\n', field.auto_id, hint)
        if hint
        else "",
        format_html(
            '<div id="{}_error" class="invalid-feedback"><span class="visually-hidden">{} </span>{}</div>\n',
            errors.field_id,  # type: ignore[attr-defined]
            _("Error:"),
            format_html_join("", "{} ", ((error,) for error in errors)),
        )
        if errors
        else "",
    )


def _dress(widget: forms.Widget, state: str) -> None:
    """The classes of a box, after its own: its kind, and how it looks."""
    look = "form-select" if isinstance(widget, forms.Select) else "form-control"
    kind, own = type(widget).__name__.lower(), widget.attrs.get("class", "")
    added = [
        *([] if kind in own else [kind]),
        *(one for one in (look, state) if one and one not in own.split()),
    ]
    widget.attrs["class"] = " ".join([*([own] if own else []), *added])


_DRAWN: dict[str, Callable[[Mapping[str, Any]], str | None]] = {
    **{f"{_HERE}{name}.html": _input for name in _INPUTS},
    f"{_HERE}textarea.html": _textarea,
    f"{_HERE}select.html": _select,
}
