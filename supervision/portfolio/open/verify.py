"""Checks every file of this archive, with nothing but Python: python3 verify.py

Each file must have the mark (SHA-256) that digests.txt has for it, no file may be missing or added, and each sealed record
that the data names must be there with the mark that the data gives.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path


def mark_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def records_in(data: object) -> Iterator[tuple[str, str]]:
    """Every {"file": ..., "sha256": ...} in the data, however deep."""
    if isinstance(data, dict):
        if "file" in data and "sha256" in data:
            yield data["file"], data["sha256"]
        for value in data.values():
            yield from records_in(value)
    elif isinstance(data, list):
        for value in data:
            yield from records_in(value)


def problems(folder: Path) -> Iterator[str]:
    listed = {}
    for line in (folder / "digests.txt").read_text(encoding="utf-8").splitlines():
        mark, name = line.split("  ", 1)
        listed[name] = mark
    there = {str(path.relative_to(folder).as_posix()) for path in folder.rglob("*") if path.is_file()}
    there -= {name for name in there if "__pycache__" in name}
    for name, mark in listed.items():
        if name not in there:
            yield name + " is missing"
        elif mark_of(folder / name) != mark:
            yield name + " was changed"
    for name in sorted(there - set(listed) - {"digests.txt"}):
        yield name + " was added"
    for name in ("portfolio.json", "everything.json"):
        if name in there:
            for record, mark in records_in(json.loads((folder / name).read_text(encoding="utf-8"))):
                if listed.get(record) != mark:
                    yield record + " is not the record that " + name + " names"


def main() -> int:
    folder = Path(__file__).resolve().parent
    found = list(problems(folder))
    for line in found:
        print(line)
    print("Something is wrong." if found else "Every file is as it was made.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
