"""Everything people read is marked for translation: the text of templates, and the messages and labels of the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.template.base import Lexer, TokenType

ROOT: Path = settings.BASE_DIR
TEMPLATES = sorted(path for path in ROOT.glob("templates/**/*") if path.suffix in {".html", ".txt"})
CODE = sorted(
    path
    for folder in ("supervision", "agreements", "competencies")
    for path in ROOT.glob(f"{folder}/**/*.py")
    if not {"migrations", "management"} & set(path.parts)
)

# Names are the same in every language.
NAMES = re.compile(r"Common Hour|PDF|QR|JSON|SHA-256|UTC|TOTP")
WORD = re.compile(r"[^\W\d_]{2,}")
READ_ATTRIBUTES = {
    "alt",
    "title",
    "placeholder",
    "aria-label",
    "aria-description",
    "aria-roledescription",
    "label",
}
UNREAD_ELEMENTS = {"script", "style", "svg", "template", "code"}
LITERAL = re.compile(r"""(?P<before>[\w(:]*[=(:]|\s)(?P<quote>["'])(?P<text>.*?)(?P=quote)""")
TAGS_WITHOUT_WORDS = {
    "translate",
    "trans",
    "blocktranslate",
    "url",
    "static",
    "load",
    "extends",
    "if",
    "elif",
    "for",
    "now",
}

# Calls whose text is shown to a person, and the positional argument that holds it.
SHOWN_BY_CALL = {
    "ValidationError": 0,
    "Denied": 0,
    "WrongState": 0,
    "success": 1,
    "info": 1,
    "warning": 1,
    "error": 1,
}
# A help text counts only in a form: those of models are notes for whoever reads the schema.
SHOWN_KEYWORDS = {"label", "empty_label"}


class Reader(HTMLParser):
    """Collects what a person would read or hear."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.read: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread += tag in UNREAD_ELEMENTS
        self.read += [value for name, value in attrs if value and name in READ_ATTRIBUTES]
        given = dict(attrs)
        if tag == "input" and given.get("type") in {"submit", "button", "reset"}:
            self.read.append(given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in UNREAD_ELEMENTS

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.read.append(data)


def has_words(text: str) -> bool:
    return WORD.search(NAMES.sub("", text)) is not None


def unmarked_in_template(source: str) -> Iterator[str]:
    """Every stretch of readable text that no translation tag wraps."""
    html, inside = [], ""
    for token in Lexer(source).tokenize():
        if token.token_type == TokenType.BLOCK:
            name = token.contents.split()[0]
            if inside:
                inside = "" if name == f"end{inside}" else inside
            elif name in {"blocktranslate", "blocktrans", "comment", "verbatim"}:
                inside = name
            elif name == "block" and token.contents.endswith(("_class", "_attributes", " width")):
                inside = name  # a page fills in part of a tag here
            else:
                yield from _words_in_tag(name, token.contents)
        elif token.token_type == TokenType.TEXT and not inside:
            html.append(token.contents)
    reader = Reader()
    reader.feed("".join(html))
    reader.close()
    yield from (" ".join(text.split()) for text in reader.read if has_words(text))


def _words_in_tag(name: str, contents: str) -> Iterator[str]:
    """Words handed to a tag, such as `with title="Nothing yet"` instead of `with title=_("Nothing yet")`."""
    if name in TAGS_WITHOUT_WORDS:
        return
    for found in LITERAL.finditer(contents):
        # Sentences begin with a capital, lists of CSS classes do not.
        if not found["before"].endswith(("_(", ":")) and re.match(r"[^\W\d_a-z]\w*\s+\w", found["text"]):
            yield found["text"]


def unmarked_in_code(source: str) -> Iterator[str]:
    """Every literal that is shown to people without having gone through gettext."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield from (_text_of(shown) for shown in _shown(node) if has_words(_text_of(shown)))


def _shown(call: ast.Call) -> Iterator[ast.expr]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    position = SHOWN_BY_CALL.get(name)
    of_messages = isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") == "messages"
    if position is not None and len(call.args) > position and (position == 0 or of_messages):
        yield call.args[position]
    yield from (keyword.value for keyword in call.keywords if keyword.arg in SHOWN_KEYWORDS)


def _text_of(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_text_of(part) for part in node.values)
    return ""


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_text_of_templates_is_marked(path: Path) -> None:
    assert list(unmarked_in_template(path.read_text())) == []


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_messages_and_labels_in_code_are_marked(path: Path) -> None:
    assert list(unmarked_in_code(path.read_text())) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Sign in</p>", ["Sign in"]),
        ("<p>{% translate 'Sign in' %}</p>", []),
        ("{% blocktranslate %}Hello {{ name }}{% endblocktranslate %}", []),
        ('<input type="submit" value="Save">', ["Save"]),
        ('<img alt="A chart" src="x">', ["A chart"]),
        ('<img alt="{% translate "A chart" %}" src="x">', []),
        ('{% include "a.html" with title="Nothing yet here" %}', ["Nothing yet here"]),
        ('{% include "a.html" with title=_("Nothing yet here") %}', []),
        ('{{ day|date:"l, F j" }} Common Hour', []),
        ("<script>var words = 1</script>", []),
        ("{# a remark #}<b>{{ n }}</b> of {{ m }}", ["of"]),
    ],
)
def test_unmarked_text_in_a_template_is_noticed(source: str, found: list[str]) -> None:
    assert list(unmarked_in_template(source)) == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('raise ValidationError("Too late")', ["Too late"]),
        ('raise ValidationError(_("Too late"))', []),
        ('messages.success(request, f"Saved {name}")', ["Saved "]),
        ('logger.error("x", "not shown to people")', []),
        ('forms.CharField(label="Name")', ["Name"]),
        ('forms.CharField(label=gettext_lazy("Name"))', []),
    ],
)
def test_unmarked_text_in_code_is_noticed(source: str, found: list[str]) -> None:
    assert list(unmarked_in_code(source)) == found
