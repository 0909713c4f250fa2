"""Every page takes its line from the table: nobody writes one by hand, every rule is used, every name it needs is given."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template

from supervision.pages import sight
from supervision.pages.sight import ROWS, RULES, Reader

ROOT: Path = settings.BASE_DIR
PACKAGE = ROOT / "supervision/pages/sight"
TEMPLATES = [path for path in ROOT.glob("templates/**/*.html") if path.name != "sees.html"]
CODE = [
    path
    for folder in ("supervision", "agreements", "competencies")
    for path in ROOT.glob(f"{folder}/**/*.py")
    if PACKAGE not in path.parents
]
TAG = re.compile(r"\{% sees (?P<what>\S+)(?P<values>[^%]*)%\}")


def _in_templates() -> Iterator[tuple[str, str, set[str]]]:
    """Where, which rule, and the names that are given."""
    for path in TEMPLATES:
        for found in TAG.finditer(path.read_text()):
            if found["what"].startswith('"'):
                yield path.name, found["what"].strip('"'), set(re.findall(r"(\w+)=", found["values"]))


def _in_code() -> Iterator[tuple[str, str, set[str]]]:
    for path in CODE:
        source = path.read_text()
        if "pages.sight import" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "line":
                assert isinstance(node.args[0], ast.Constant), f"{path}: name the rule itself"
                names = {keyword.arg for keyword in node.keywords}
                yield path.name, str(node.args[0].value), {name for name in names if name} - {""}


USES = [*_in_templates(), *_in_code()]


def test_nobody_writes_the_line_by_hand() -> None:
    by_hand = re.compile(r"components/sees\.html|class=\"sees|data-sees")
    assert [str(path) for path in TEMPLATES if by_hand.search(path.read_text())] == []
    assert [str(path) for path in CODE if by_hand.search(path.read_text()) and path.name != "ui.py"] == []


def test_every_rule_is_used_and_every_use_is_a_rule() -> None:
    assert {key for _, key, _ in USES} == RULES.keys()
    assert len(USES) > 100


@pytest.mark.parametrize("use", USES, ids=lambda use: f"{use[0]}-{use[1]}")
def test_every_name_is_given(use: tuple[str, str, set[str]]) -> None:
    _, key, given = use
    if key == "concern.confirming":  # by a mapping, which has both
        return
    assert given == sight.placeholders(RULES[key])


@pytest.mark.parametrize("key", RULES)
def test_a_rule_says_what_it_is(key: str) -> None:
    rule = RULES[key]
    assert rule.readers
    assert str(rule.who)[-1] == "."
    assert set(rule.also) <= RULES.keys()
    if rule.private:
        assert rule.readers <= {Reader.SELF, Reader.AUTHOR}
    if Reader.SELF in rule.readers:
        assert rule.readers == {Reader.SELF}, "a page of one's own is nobody else's"


def test_no_two_rules_say_the_same() -> None:
    said = [(str(rule.who), str(rule.not_who), rule.private) for rule in RULES.values()]
    assert [one for one in said if said.count(one) > 1] == []


def test_the_table_names_each_row_once() -> None:
    assert len({row.key for row in ROWS}) == len(ROWS)
    assert [row for _, rows in sight.by_layer() for row in rows] == sorted(
        ROWS, key=lambda row: [*sight.Layer].index(row.layer)
    )


def test_the_tag_draws_the_line_and_escapes_the_names() -> None:
    page = Template('{% load ui %}{% sees "session.plan" names=names %}').render(
        Context({"names": ["<b>", "Kit"]})
    )
    assert 'data-sees="session.plan"' in page
    assert "<strong>You and &lt;b&gt; and Kit see the plan and its agenda.</strong> Program managers" in page
    assert "sees-private" in Template('{% load ui %}{% sees "own.draft" %}').render(Context())


def test_a_name_that_is_missing_or_too_many_is_refused() -> None:
    with pytest.raises(ValueError, match=r"session\.plan takes"):
        sight.line("session.plan")
    with pytest.raises(ValueError, match=r"own\.draft takes"):
        sight.line("own.draft", name="Kit")
