"""The command `bin/test`: set up, then run every check, or just the tests that are named.

Standard library only.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import _postgres
import _setup
from _setup import PYTHON, ROOT, VENV, SetupFailed, say

SOURCES = ["supervision", "agreements", "competencies", "bin"]
PROCESSES = ["-n", "2", "--dist", "worksteal"]
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass
class Stage:
    """One check. `database` is the kind of database it needs, if any."""

    name: str
    command: list[str]
    database: str = ""


def _python(*arguments: str) -> list[str]:
    return [str(PYTHON), *arguments]


def _tool(name: str, *arguments: str) -> list[str]:
    return [str(VENV / "bin" / name), *arguments]


def _stages() -> list[Stage]:
    tests = _python("-m", "pytest", "-q", *PROCESSES)
    return [
        Stage("formatter", _tool("ruff", "format", "--check", "--quiet", ".")),
        Stage("linter", _tool("ruff", "check", "--quiet", ".")),
        Stage(
            "security linter",
            _tool("bandit", "--quiet", "--severity-level", "medium", "-r", *SOURCES, "-c", "pyproject.toml"),
        ),
        Stage("import layers", _tool("lint-imports")),
        Stage("migrations", _python("manage.py", "makemigrations", "--check", "--dry-run"), "none"),
        Stage("types", _tool("mypy")),
        Stage("tests on SQLite", [*tests, "-m", "not journey"], "sqlite"),
        Stage("tests on PostgreSQL", [*tests, "-m", "not journey"], "postgres"),
        Stage("journeys in a browser", [*tests, "-m", "journey"], "sqlite"),
    ]


def main() -> int:
    """Returns the exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options, chosen = _options()
    try:
        with _setup.one_at_a_time():
            _setup.python_environment("tests/requirements.lock")
            _setup.text_libraries()
            _find_programs(everything=not chosen, postgres=options.db == "postgres")
        if chosen:
            return _run_chosen(chosen, options.db or "sqlite")
        return _run_all([stage for stage in _stages() if not options.only or options.only in stage.name])
    except SetupFailed as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _options() -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(
        prog="bin/test",
        description="Runs every check, on SQLite and on PostgreSQL. With a path, -k NAME or any other option of pytest it "
        "runs just those tests. TEST_DATABASE_URL names a PostgreSQL server to use, CHROMIUM a browser.",
    )
    parser.add_argument(
        "--db", choices=["sqlite", "postgres"], help="which database to run the chosen tests on"
    )
    parser.add_argument("--only", metavar="STAGE", help="run only the stages whose name contains this")
    options, chosen = parser.parse_known_args()
    return options, chosen if chosen or not options.db else ["-m", "not journey"]


def _find_programs(*, everything: bool, postgres: bool) -> None:
    """Install what the tests run beside Python, unless it is there or named in the environment."""
    if (everything or postgres) and not os.environ.get("TEST_DATABASE_URL"):
        _setup.need("a PostgreSQL server", lambda: _postgres.server_program() is not None)
    if everything:
        _setup.need("a Chromium browser", lambda: _chromium() is not None)
        _setup.need("qpdf", lambda: shutil.which("qpdf") is not None)
        _setup.need("the poppler tools", lambda: shutil.which("pdftotext") is not None)
        _setup.need("what veraPDF runs on", _vera_can_run)
    if browser := _chromium():
        os.environ["CHROMIUM"] = browser


def _vera_can_run() -> bool:
    """Only Debian and Ubuntu package the JAXB libraries. Elsewhere the tests with veraPDF say that they were skipped."""
    libraries = shutil.which("apt-get") is None or os.path.exists("/usr/share/java/jaxb-runtime.jar")
    return shutil.which("javac") is not None and libraries


def _chromium() -> str | None:
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def _run_chosen(chosen: list[str], database: str) -> int:
    with _database_for(database) as environment:
        return _call(_python("-m", "pytest", *chosen), environment)


def _run_all(stages: list[Stage]) -> int:
    results: list[tuple[str, float, bool]] = []
    for stage in stages:
        say(f"\n=== {stage.name}")
        started = time.monotonic()
        with _database_for(stage.database) as environment:
            passed = _call(stage.command, environment) == 0
        results.append((stage.name, time.monotonic() - started, passed))
    say("\n" + "\n".join(_table(results)))
    return 0 if results and all(passed for _, _, passed in results) else 1


def _table(results: list[tuple[str, float, bool]]) -> Iterator[str]:
    for name, seconds, passed in results:
        yield f"{name:<24}{seconds:>8.1f} s   {'passed' if passed else 'FAILED'}"
    yield f"{'all':<24}{sum(seconds for _, seconds, _ in results):>8.1f} s"


@contextmanager
def _database_for(kind: str) -> Iterator[dict[str, str]]:
    """The environment in which a stage finds its database."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": ""}
    if kind == "none":
        yield {**environment, "DATABASE_URL": "sqlite:///:memory:"}
    elif kind != "postgres":
        yield environment
    elif url := os.environ.get("TEST_DATABASE_URL"):
        yield {**environment, "DATABASE_URL": url}
    else:
        with _postgres.temporary_server() as url:
            yield {**environment, "DATABASE_URL": url}


def _call(command: list[str], environment: dict[str, str]) -> int:
    return subprocess.run(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
