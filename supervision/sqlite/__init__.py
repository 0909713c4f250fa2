"""A database engine for Django: SQLite with a fair queue of writers.

Use it as `ENGINE = "supervision.sqlite"`. Importing the package makes sure of the SQLite library itself. Versions from
3.7.0 on can corrupt a database in WAL mode when a checkpoint restarts the log while another connection writes (fixed in
3.51.3, 3.50.7 and 3.44.6). Where the interpreter's own SQLite is one of those, the packaged newer one
takes its place for the whole process; where neither will do, the process refuses to start.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

from django.core.exceptions import ImproperlyConfigured

_FIXED_BRANCHES = {(3, 44): 6, (3, 50): 7, (3, 51): 3}


def has_wal_reset_fix(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite version can be trusted with a write-ahead log that many processes share."""
    branch, patch = version[:2], version[2]
    if branch in _FIXED_BRANCHES:
        return patch >= _FIXED_BRANCHES[branch]
    return branch > max(_FIXED_BRANCHES)


def _version(module: ModuleType) -> tuple[int, int, int]:
    major, minor, patch = module.sqlite_version.split(".")[:3]
    return int(major), int(minor), int(patch)


def use_sound_sqlite() -> str:
    """Make `sqlite3` stand for a SQLite with the fix, in this process. Returns the version in use.

    Raises ImproperlyConfigured, with a sentence for whoever runs the server, when no such SQLite is to be had.
    """
    own = importlib.import_module("sqlite3")
    if has_wal_reset_fix(_version(own)):
        return str(own.sqlite_version)
    try:
        packaged = importlib.import_module("pysqlite3")
        packaged_dbapi2 = importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        packaged = None
    if packaged is None or not has_wal_reset_fix(_version(packaged_dbapi2)):
        raise ImproperlyConfigured(
            f"The SQLite {own.sqlite_version} of this Python can damage a database that several processes write to. "
            "Use a Python with SQLite 3.51.3 or newer (3.50.7 and 3.44.6 are also good), install the package "
            "pysqlite3, or set DATABASE_URL to a PostgreSQL database."
        )
    if "django.db.backends.sqlite3.base" in sys.modules:
        raise ImproperlyConfigured(
            "Django's own SQLite engine was loaded before supervision.sqlite could exchange the SQLite library."
        )
    sys.modules["sqlite3"] = packaged
    sys.modules["sqlite3.dbapi2"] = packaged_dbapi2
    return str(packaged_dbapi2.sqlite_version)


SQLITE_VERSION = use_sound_sqlite()
