"""What every template may use. Documented in docs/pages.md."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field
from django import template
from django.forms import BoundField
from django.utils.formats import localize
from django.utils.html import conditional_escape, format_html, linebreaks
from django.utils.safestring import SafeString

from supervision.pages import icons, keeping, sight, widgets, words
from supervision.pages.forms import errors_of, make_plain

TAG_ICONS = {"done": "check", "private": "lock"}

register = template.Library()
register.simple_tag(icons.icon, name="icon")
register.simple_tag(keeping.attributes, name="keeps_what_is_typed")
register.simple_tag(widgets.plain_field)
register.simple_tag(widgets.hint_and_errors)
register.simple_tag(widgets.ticks)
register.filter(widgets.is_plain)


@register.filter
def as_field(field: BoundField) -> str:
    """What `as_crispy_field` draws, without a template where it is one box: for forms with many."""
    return widgets.plain_field(field) if widgets.is_plain(field) else as_crispy_field(field)


def _spoken(name: str, say: Callable[[Any], str]) -> None:
    """Register a filter for dates and times; nothing in gives nothing out."""

    def spoken(value: Any) -> str:
        return "" if value in (None, "") else say(value)

    register.filter(name, spoken, is_safe=False)


_spoken("browser", words.browser)
_spoken("day", words.day)
_spoken("short_day", words.short_day)
_spoken("full_day", words.full_day)
_spoken("dated", words.dated)
_spoken("month", words.month)
_spoken("clock", words.clock)
_spoken("initials", words.initials)
_spoken("minutes_words", words.minutes_words)
_spoken("day_time", lambda value: f"{words.day(value)}, {words.clock(value)}")
_spoken("full_day_time", lambda value: f"{words.full_day(value)}, {words.clock(value)}")


@register.filter
def join_names(names: Iterable[Any] | None) -> str:
    return words.join_names(names or [])


@register.simple_tag
def tag(text: Any, kind: str = "") -> SafeString:
    """What components/tag.html draws, for rows of a long list."""
    mark = icons.icon(TAG_ICONS[kind]) if kind in TAG_ICONS else ""
    return format_html('<span class="tag{}">{}{}</span>', f" tag-{kind}" if kind else "", mark, _shown(text))


@register.simple_tag
def table_rows(
    headings: Iterable[Any],
    rows: Iterable[Iterable[Any]],
    numbers: Iterable[int] | None,
    own_lines: Iterable[int] = (),
) -> SafeString:
    """The rows of components/table.html; each cell knows its heading, for the cards that a phone shows. Cells are escaped.

    `numbers` and `own_lines`: the columns that hold numbers, and those that have a line of a card for themselves.

    Put together here: cell by cell, a template takes longer for them than for all the rest of a page.
    """
    classes = dict.fromkeys(numbers or (), SafeString(' class="n"'))
    classes |= dict.fromkeys(own_lines, SafeString(' class="own-line"'))
    columns = [
        format_html('<td role="cell" data-label="{}"{}>', heading, classes.get(n, ""))
        for n, heading in enumerate(headings)
    ]
    return SafeString("".join(_table_row(columns, row) for row in rows))


def _table_row(columns: Sequence[SafeString], row: Iterable[Any]) -> SafeString:
    first, *cells = map(_shown, row)
    rest = "".join(f"{begin}{cell}</td>" for begin, cell in zip(columns[1:], cells, strict=False))
    return SafeString(f'<tr role="row"><th scope="row" role="rowheader">{first}</th>{rest}</tr>')


def _shown(value: Any) -> SafeString:
    """Words or a number, as a template shows them."""
    return conditional_escape(value if isinstance(value, str) else localize(value))


@register.filter
def iso(value: datetime.date | datetime.time | None) -> str:
    """For the datetime attribute of <time>."""
    return value.isoformat() if value else ""


@register.filter("words")
def words_filter(text: Any) -> SafeString:
    """What a person wrote, escaped, with their paragraphs and line breaks kept."""
    return SafeString(linebreaks(text, autoescape=True) if text else "")


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: Any, title: str = "") -> dict[str, Any]:
    """The list of what to fix over any number of forms and Rows. Empty when there is nothing to fix."""
    found = []
    for form in forms:
        if form not in (None, ""):
            found += errors_of(form)
            form.summary_shown = True
    return {"errors": found, "title": title}


@register.inclusion_tag("components/sees.html")
def sees(what: str | sight.Line, **values: Any) -> dict[str, sight.Line]:
    """Who can see this: the key of a rule with its names, or the line that a view has made of one."""
    return {"line": what if isinstance(what, sight.Line) else sight.line(what, **values)}


@register.filter
def with_fields(form: Any, names: str) -> list[Any]:
    """The bound fields called `names` (separated by spaces), in that order: for parts of a long form."""
    return [form[name] for name in names.split()]


@register.filter
def plainly(form: Any) -> Any:
    """A form that was written elsewhere, with our words for what is missing."""
    return make_plain(form) if form else form


@register.filter
def inline_svg(drawing: str) -> SafeString:
    """A drawing that this server made (a QR code), to stand in the page: a data: address would be blocked."""
    text = str(drawing)
    return SafeString(text[text.index("<svg") :]) if "<svg" in text else SafeString("")
