"""The Content-Security-Policy drops inline style and script, so a page must not lean on them."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

FAULTS = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "an event attribute": re.compile(r"<[a-z][^<>]*\son[a-z]+\s*=", re.IGNORECASE),
    "an inline <style>": re.compile(r"<style\b", re.IGNORECASE),
    "an inline <script>": re.compile(
        r"<script\b(?![^>]*\bsrc\s*=)(?![^>]*\btype=\"application/json\")[^>]*>", re.IGNORECASE
    ),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "something from another host": re.compile(
        r"(?:src|srcset|<link[^>]*href)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE
    ),
    "an image as a data: address": re.compile(r"src\s*=\s*[\"'](?:data:|\{\{[^}]*data_uri)", re.IGNORECASE),
    "a browser feature that runs strings": re.compile(r"\bhx-on|\bhx-vals=[\"']js:", re.IGNORECASE),
}


def only_markup(text: str) -> str:
    text = re.sub(r"\{% comment %\}.*?\{% endcomment %\}", "", text, flags=re.DOTALL)
    text = re.sub(r"\{#.*?#\}", "", text)
    return re.sub(r"\{%.*?%\}|\{\{(?![^}]*data_uri).*?\}\}", "", text, flags=re.DOTALL)


def faults_in(text: str) -> list[str]:
    return [name for name, pattern in FAULTS.items() if pattern.search(only_markup(text))]


def screen_templates() -> list[Path]:
    return [
        path
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if not {"pdf", "emails"} & set(path.relative_to(ROOT).parts)
    ]


def test_no_screen_template_has_anything_inline():
    found = {
        str(path.relative_to(ROOT)): faults
        for path in screen_templates()
        if (faults := faults_in(path.read_text()))
    }
    assert not found


@pytest.mark.parametrize(
    "html",
    [
        '<p style="color:red">',
        '<button type="button" onclick="x()">',
        "<style>p{}</style>",
        "<script>alert(1)</script>",
        '<script type="module">import "x"</script>',
        '<a href="javascript:x()">',
        '<img src="//elsewhere.example/x.png">',
        '<img src="data:image/svg+xml;base64,x">',
        '<div hx-on:click="x()">',
    ],
)
def test_the_check_sees_each_fault(html):
    assert faults_in(html)


@pytest.mark.parametrize(
    "html",
    [
        '<script type="module" src="x.js"></script>',
        '<script type="application/json" id="x">{}</script>',
        "<p>on=1</p>",
    ],
)
def test_the_check_lets_the_allowed_forms_pass(html):
    assert not faults_in(html)


def test_no_module_writes_styles_or_keeps_words_in_the_browser():
    for path in (ROOT / "static/js").rglob("*.js"):
        text = path.read_text()
        assert not re.search(
            r"localStorage|sessionStorage|indexedDB|\beval\(|new Function|\.style\b", text
        ), path
