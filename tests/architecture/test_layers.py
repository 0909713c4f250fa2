"""Imports run down only, and the contract that says so notices when they do not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.conf import settings

ROOT: Path = settings.BASE_DIR
CONTRACT = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]

# (a module, what it must not import): upward, sideways, and backwards within a layer.
FORBIDDEN = [
    ("supervision.records.models", "supervision.people.models"),
    ("supervision.records.tasks", "agreements.models"),
    ("supervision.guidance.hints", "supervision.people.models"),
    ("supervision.guidance.views", "supervision.jobs.queue"),
    ("supervision.jobs.queue", "supervision.notices"),
    ("supervision.pages.icons", "supervision.records.errors"),
    ("supervision.people.models", "supervision.requirements"),
    ("agreements.models", "supervision.sessions.models"),
    ("supervision.sessions.models", "agreements.models"),
    ("supervision.sessions.models", "supervision.overview"),
    ("competencies.goals.models", "supervision.sessions.models"),
    ("competencies.goals.views.reading", "supervision.notes.models"),
    ("supervision.sessions.models", "competencies.models"),
    ("supervision.notes.models", "supervision.sessions.models"),
    ("supervision.performance.models", "supervision.sessions.models"),
    ("supervision.sessions.models", "supervision.performance.models"),
    ("supervision.sessions.forms", "supervision.notes.models"),
    ("supervision.reports.models", "supervision.demo"),
    ("supervision.overview.urls", "supervision.urls"),
    ("supervision.settings", "agreements.models"),
    ("supervision.people.models", "tests"),
]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the contract of the copy in `folder`."""
    program = Path(sys.executable).parent / "lint-imports"
    environment = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"}
    return subprocess.run(
        [str(program), "--no-cache"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def copy_of_the_code(folder: Path) -> Path:
    for package in ("supervision", "agreements", "competencies", "tests"):
        shutil.copytree(
            ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__", "migrations")
        )
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_imports_run_down_only() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.slow
def test_every_upward_or_sideways_import_is_noticed(tmp_path: Path) -> None:
    copy = copy_of_the_code(tmp_path)
    for number, (module, forbidden) in enumerate(FORBIDDEN):
        file = copy / (module.replace(".", "/") + ".py")
        # Every other one hides in a function.
        where = f"def _later_{number}() -> None:\n    " if number % 2 else ""
        file.write_text(file.read_text() + f"\n{where}import {forbidden}\n")

    result = lint(copy)

    assert result.returncode == 1
    for module, forbidden in FORBIDDEN:
        assert f"{module} -> {forbidden}" in result.stdout, f"{module} may import {forbidden}"


def test_every_package_has_its_place_in_the_layers() -> None:
    placed = {
        name.strip()
        for row in CONTRACT["contracts"][0]["layers"]
        for name in row.replace("|", ":").split(":")
    }
    packages = {f"supervision.{path.parent.name}" for path in ROOT.glob("supervision/*/__init__.py")}
    modules = {f"supervision.{path.stem}" for path in ROOT.glob("supervision/*.py")} - {
        "supervision.__init__"
    }
    outer = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "supervision"}
    assert packages | modules | outer == placed
