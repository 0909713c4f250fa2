"""Text reaches 7:1 on every ground it may sit on, edges and marks 3:1, in both themes, read from app.css itself."""

import re
from pathlib import Path

import pytest

STYLES = (Path(__file__).resolve().parents[2] / "static/css/app.css").read_text()

TEXT_ON = {
    "ink": "page surface sunk wait-tint private-tint brand-tint info-tint done-tint stop-tint",
    "ink-2": "page surface sunk wait-tint private-tint brand-tint info-tint done-tint",
    "brand": "page surface brand-tint sunk wait-tint info-tint done-tint",
    "brand-deep": "page surface brand-tint sunk",
    "on-brand": "brand brand-deep",
    "on-mast": "mast",
    "on-mast-2": "mast",
    "private": "private-tint surface page",
    "on-private": "private",
    "wait": "wait-tint surface page",
    "done": "done-tint surface page",
    "info": "info-tint surface page",
    "stop": "stop-tint surface page",
    "peer": "surface page",
}
EDGE_ON = {
    "edge": "page surface sunk",
    "private-edge": "private-tint surface",
    "wait-edge": "wait-tint surface page",
    "info-edge": "info-tint page",
    "stop-edge": "stop-tint surface page",
    "ink": "page surface",
    "glow": "mast",
}


def tokens(theme: str) -> dict[str, str]:
    light = dict(re.findall(r"--([\w-]+):(#[0-9a-f]{3,8})\b", _block(r":root\{")))
    if theme == "light":
        return light
    start = r":root\[data-theme=dark\]\{" if theme == "dark" else r":root:not\(\[data-theme=light\]\)\{"
    return light | dict(re.findall(r"--([\w-]+):(#[0-9a-f]{3,8})\b", _block(start)))


def _block(start: str) -> str:
    found = re.search(start + r"(.*?)\}", STYLES, flags=re.DOTALL)
    assert found, start
    return found[1]


def luminance(color: str) -> float:
    digits = color.lstrip("#")
    if len(digits) == 3:
        digits = "".join(char * 2 for char in digits)
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("kind", "least"), [(TEXT_ON, 7.0), (EDGE_ON, 3.0)], ids=["text", "edges"])
def test_every_pair_reaches_its_contrast(theme, kind, least):
    colors = tokens(theme)
    poor = {
        f"{front} on {ground}": round(contrast(colors[front], colors[ground]), 2)
        for front, grounds in kind.items()
        for ground in grounds.split()
        if contrast(colors[front], colors[ground]) < least
    }
    assert not poor


def test_the_dark_theme_is_the_same_by_choice_and_by_device():
    assert tokens("dark") == tokens("device")
    assert tokens("dark") != tokens("light")


def test_contrast_is_measured_as_the_standard_does():
    assert round(contrast("#000", "#ffffff"), 1) == 21.0
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48
