"""The pages about settings and commands keep in step with the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

ROOT: Path = settings.BASE_DIR
SETTINGS_PAGE = (ROOT / "docs" / "settings.md").read_text()
IN_SETTINGS = set(
    re.findall(r'env(?:_flag|_list)?\(\s*"([A-Z_]+)"', (ROOT / "supervision" / "settings.py").read_text())
)
ON_PAGE = {
    name
    for row in re.findall(r"^\| (.+?) \|", SETTINGS_PAGE, re.MULTILINE)
    for name in re.findall(r"`([A-Z_]+)`", row)
}


def read_elsewhere() -> set[str]:
    """Names that the commands or other code read from the environment."""
    files = [
        *ROOT.glob("bin/*"),
        *ROOT.glob("supervision/**/*.py"),
        *ROOT.glob("tests/settings.py"),
        ROOT / "deploy/container",
    ]
    text = "\n".join(file.read_text() for file in files if file.is_file())
    return set(re.findall(r"environ(?:\.get|\.setdefault)?[\[(]\s*\"([A-Z_]+)\"", text)) | set(
        re.findall(r"\$\{([A-Z_]+)", text)
    )


def test_every_setting_is_on_the_page() -> None:
    assert not IN_SETTINGS - ON_PAGE


def test_every_setting_on_the_page_is_read_somewhere() -> None:
    assert not ON_PAGE - IN_SETTINGS - read_elsewhere()


def test_every_variable_of_the_example_is_on_the_page() -> None:
    example = (ROOT / "deploy" / "settings.example").read_text()
    assert set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE)) - ON_PAGE == set()


@pytest.mark.parametrize("page", ["README.md", "docs/deploy.md"])
def test_every_command_that_a_page_names_exists(page: str) -> None:
    text = (ROOT / page).read_text()
    named = set(re.findall(r"manage\.py ([a-z_]+)", text))
    if page == "README.md":
        named |= set(re.findall(r"^\| `([a-z_]+)` \|", text, re.MULTILINE))
    assert named - set(get_commands()) == set()


@pytest.mark.parametrize("page", ["README.md", "docs/deploy.md", "docs/settings.md"])
def test_every_link_of_a_page_leads_somewhere(page: str) -> None:
    path = ROOT / page
    targets = re.findall(r"\]\(([^)#:]+)\)", path.read_text())
    assert [target for target in targets if not (path.parent / target).exists()] == []
