"""Bootstrap's own style sheet is not loaded, so a class that app.css does not know would do nothing, in silence."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STYLES = (ROOT / "static/css/app.css").read_text()

# Handed out by crispy-forms and Django as names of widgets, or read by script only.
NOT_LOOKS = {"optional", "js"}


def classes_in(html: str) -> set[str]:
    """Class names of a template, whichever way its conditions fall; a name with a variable in it is left out."""
    found: set[str] = set()
    for value in re.findall(r'\bclass="((?:[^"{]|\{\{.*?\}\}|\{%.*?%\})*)"', html, flags=re.DOTALL):
        plain = re.sub(r"[\w-]*\{\{.*?\}\}[\w-]*", " ", value)
        plain = re.sub(r"\{%.*?%\}", " ", plain, flags=re.DOTALL)
        found.update(plain.split())
    return found


def screen_templates() -> list[Path]:
    return [
        path
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if not {"pdf", "emails"} & set(path.relative_to(ROOT).parts)
    ]


def styled() -> set[str]:
    return set(re.findall(r"\.([a-zA-Z][\w-]*)", STYLES)) | NOT_LOOKS


def test_every_class_in_a_screen_template_is_styled():
    known = styled()
    unknown = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in screen_templates()
        for name in classes_in(path.read_text()) - known
    }
    assert not unknown, sorted(unknown)


def test_the_check_reads_conditional_classes_and_sees_an_unknown_one():
    html = '<p class="tag{% if x == "y" %} float-end{% endif %} tag-{{ kind }}">'
    assert classes_in(html) == {"tag", "float-end"}
    assert "float-end" not in styled()


def test_the_check_looked_at_the_frame_and_the_components():
    names = {path.name for path in screen_templates()}
    assert {"base.html", "rows.html", "field.html"} <= names
