"""What the two commands say and do when something of the system is missing."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from django.conf import settings


@pytest.fixture
def setup(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(Path(settings.BASE_DIR) / "bin"))
    return importlib.import_module("_setup")


@pytest.fixture
def machine(setup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """A machine with apt, where this account is not root and has no sudo. Collects what would be run."""
    ran: list[list[str]] = []

    def run(command: list[str], **kwargs: object) -> subprocess.CompletedProcess[str]:
        ran.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(setup.shutil, "which", lambda name: name if name == "apt-get" else None)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(setup.subprocess, "run", run)
    return ran


def test_nothing_is_installed_that_is_there(setup: ModuleType, machine: list[list[str]]) -> None:
    setup.need("qpdf", lambda: True)
    assert machine == []


def test_without_rights_it_says_what_to_run(setup: ModuleType, machine: list[list[str]]) -> None:
    with pytest.raises(
        setup.SetupFailed, match=r"may not install it\. Please run: sudo apt-get install qpdf"
    ):
        setup.need("qpdf", lambda: False)
    assert machine == []


def test_root_installs_and_says_so(
    setup: ModuleType,
    machine: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    answers = iter([False, True])
    setup.need("qpdf", lambda: next(answers))
    assert [command[-1] for command in machine] == ["update", "qpdf"]
    assert all("DEBIAN_FRONTEND=noninteractive" in command for command in machine)
    assert "Installing qpdf with apt-get: qpdf" in capsys.readouterr().out


def test_sudo_is_used_only_where_it_asks_nothing(
    setup: ModuleType, machine: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup.shutil, "which", lambda name: name if name in {"apt-get", "sudo"} else None)
    answers = iter([False, True])
    setup.need("qpdf", lambda: next(answers))
    assert machine[0] == ["sudo", "-n", "true"]
    assert all(command[:2] == ["sudo", "-n"] for command in machine)


def test_an_installation_that_did_not_help_is_not_taken_for_one(
    setup: ModuleType, machine: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(setup.SetupFailed, match="did not help"):
        setup.need("qpdf", lambda: False)


def test_an_unknown_system_is_told_what_is_needed(
    setup: ModuleType, machine: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup.shutil, "which", lambda name: None)
    with pytest.raises(setup.SetupFailed, match="with the package manager of this system"):
        setup.need("a PostgreSQL server", lambda: False)


def test_an_old_python_is_refused_with_a_sentence(tmp_path: Path) -> None:
    for name in ("python3", "python3.11", "python3.12", "python3.13", "python3.14", "python"):
        old = tmp_path / name
        old.write_text("#!/bin/sh\nexit 1\n")
        old.chmod(0o755)
    script = (
        (Path(settings.BASE_DIR) / "bin" / "_python.sh")
        .read_text()
        .replace("/usr/bin/python3", str(tmp_path / "python3"))
    )
    done = subprocess.run(
        ["/bin/sh", "-c", script, "bin/_python.sh", "bin/_serve.py"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "needs Python 3.11 or newer" in done.stderr


def test_the_first_python_that_is_new_enough_is_taken() -> None:
    done = subprocess.run(
        [
            str(Path(settings.BASE_DIR) / "bin" / "_python.sh"),
            "-c",
            "import sys; print(sys.version_info >= (3, 11))",
        ],
        env={"PATH": os.environ["PATH"], "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "True"
