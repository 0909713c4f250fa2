"""The command `bin/bench`: make big agencies, measure, print one table. docs/benchmarks.md tells how to read it.

Standard library only; each part runs in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import _postgres
import _setup
from _setup import PYTHON, ROOT, SetupFailed, say

sys.path.insert(0, str(ROOT))
from tests.benchmarks import table

PARTS = ("pages", "heavy", "memory", "at_once")
CROWD = ("--size", "0.1", "--open-each", "140")


def main() -> int:
    """Returns the exit code."""
    options = _options()
    try:
        with _setup.one_at_a_time():
            _setup.python_environment("tests/requirements.lock")
            _setup.text_libraries()
        found = _run(options)
    except SetupFailed as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    if "pages" not in found:
        say(f"\nNo pages were measured yet. The rest: {options.folder / 'results.json'}")
        return 0
    (options.folder / "pages.txt").write_text(table.every_page(found))
    say(f"\n{table.markdown(found)}\n\nEvery page: {options.folder / 'pages.txt'}")
    if options.readme:
        table.into(ROOT / "README.md", found)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench", description="Measures Common Hour with a big agency.")
    parser.add_argument(
        "--size",
        action="append",
        help="1 is 500 workers and five years, over 100,000 sessions; give it again for growth (0.01, 0.1 and 1)",
    )
    parser.add_argument("--part", action="append", choices=PARTS, help="only these parts (all of them)")
    parser.add_argument("--rounds", default="9", help="how often each page is asked for")
    parser.add_argument("--seconds", default="10", help="how long people work at once")
    parser.add_argument("--fresh", action="store_true", help="make the agencies anew")
    parser.add_argument("--readme", action="store_true", help="put the table into README.md")
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "bench", help="where all of it lies")
    options = parser.parse_args()
    options.size = options.size or ["0.01", "0.1", "1"]
    options.part = options.part or list(PARTS)
    return options


def _run(options: argparse.Namespace) -> dict[str, Any]:
    """What was measured; what was measured before is kept where a part is not asked for."""
    kept = options.folder / "results.json"
    found: dict[str, Any] = json.loads(kept.read_text()) if kept.exists() else {}
    found["machine"] = _machine()
    if options.fresh:
        shutil.rmtree(options.folder, ignore_errors=True)
    options.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    largest = max(options.size, key=float)
    for size in options.size:
        made = _part(options, size, "make", "--size", size)
        found.setdefault("made", {})[size] = made["rows"]
    if "pages" in options.part:
        found["pages"] = _pages(options)
        kept.write_text(json.dumps(found))
    for part in ("memory", "heavy"):
        if part in options.part:
            found[part] = _part(options, largest, part)
    if "at_once" in options.part:
        for database in ("SQLite", "PostgreSQL"):
            found.setdefault("at_once", {})[database] = _at_once(options, database)
    kept.write_text(json.dumps(found))
    return found


def _at_once(options: argparse.Namespace, database: str) -> list[dict[str, Any]]:
    """With 1, 2 and 4 processes, in an agency in which much waits to be signed."""
    name = f"crowd-{database.lower()}"
    if database == "PostgreSQL":  # that server is gone with each run
        shutil.rmtree(options.folder / name, ignore_errors=True)
    with nullcontext("") if database == "SQLite" else _postgres.temporary_server() as url:
        _part(options, name, "make", *CROWD, url=url)
        asked = ("at_once", "--seconds", options.seconds, "--processes")
        return [_part(options, name, *asked, processes, url=url) for processes in ("1", "2", "4")]


def _pages(options: argparse.Namespace) -> dict[str, Any]:
    """The pages of every size, a round of each in turn: what else the machine does meanwhile strikes all of them alike."""
    say(f"pages of {', '.join(options.size)}, {options.rounds} rounds")
    running = {size: _start(options, size, "pages", "--rounds", options.rounds) for size in options.size}
    for process in running.values():
        _next_line(process)  # it has looked at every page
    found = {}
    for left in reversed(range(int(options.rounds))):
        for size, process in running.items():
            print("go", file=process.stdin, flush=True)
            line = _next_line(process)  # that it is ready for the next round, or what it found
            if not left:
                found[size] = json.loads(line)
    return found


def _next_line(process: subprocess.Popen[str]) -> str:
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        raise SetupFailed("Measuring the pages failed; the lines above say why.")
    return line


def _start(options: argparse.Namespace, name: str, *asked: str, url: str = "") -> subprocess.Popen[str]:
    """One part, with its own folder and database, in a process of its own."""
    folder = options.folder / name
    folder.mkdir(mode=0o700, exist_ok=True)
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings",
        "COMMON_HOUR_BENCH_DIR": str(folder),
        "DATABASE_URL": url,
    }
    command = [str(PYTHON), "-W", "ignore", "-m", "tests.benchmarks.run", *asked]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def _part(options: argparse.Namespace, name: str, *asked: str, url: str = "") -> dict[str, Any]:
    """What one part finds."""
    say(f"{name}: {' '.join(asked)}")
    process = _start(options, name, *asked, url=url)
    output, _none = process.communicate()
    if process.returncode != 0:
        raise SetupFailed(f"{asked[0]} of {name} failed; the lines above say why.")
    found: dict[str, Any] = json.loads(output.splitlines()[-1])
    return found


def _machine() -> str:
    model = platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return f"{os.cpu_count()} × {model}, Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main())
