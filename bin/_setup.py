"""What both commands set up: the Python environment from the lock files, and what the system must provide.

Standard library only: this runs before anything is installed.
"""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"

# What each need is called by each package manager. The check tells whether it is already met.
PANGO = "the text and font libraries that make PDFs"
PACKAGES: dict[str, dict[str, list[str]]] = {
    PANGO: {
        "apt-get": ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "libfontconfig1"],
        "dnf": ["pango", "harfbuzz", "fontconfig"],
        "apk": ["pango", "harfbuzz-subset", "fontconfig"],
        "brew": ["pango"],
    },
    "Python's venv module": {
        "apt-get": [f"python{sys.version_info.major}.{sys.version_info.minor}-venv"],
        "dnf": ["python3-pip"],
        "apk": ["python3", "py3-pip"],
    },
    "a PostgreSQL server": {
        "apt-get": ["postgresql"],
        "dnf": ["postgresql-server", "postgresql-contrib"],
        "apk": ["postgresql", "postgresql-contrib"],
        "brew": ["postgresql@17"],
    },
    "a Chromium browser": {
        "apt-get": ["chromium"],
        "dnf": ["chromium"],
        "apk": ["chromium"],
        "brew": ["chromium"],
    },
    "qpdf": {"apt-get": ["qpdf"], "dnf": ["qpdf"], "apk": ["qpdf"], "brew": ["qpdf"]},
    "the poppler tools": {
        "apt-get": ["poppler-utils"],
        "dnf": ["poppler-utils"],
        "apk": ["poppler-utils"],
        "brew": ["poppler"],
    },
    "what veraPDF runs on": {
        "apt-get": ["default-jdk-headless", "libjaxb-java"],
        "dnf": ["java-21-openjdk-devel"],
        "apk": ["openjdk21-jdk"],
        "brew": ["openjdk"],
    },
}


class SetupFailed(Exception):
    """Something is missing that the command cannot provide. The text says what to do."""


def say(text: str) -> None:
    """Tell whoever watches what is going on."""
    print(text, flush=True)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two commands started together do not set up the same folder at once."""
    with (ROOT / ".setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another command is setting up this folder; waiting for it.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# The Python environment -----------------------------------------------------------------------------------


def python_environment(*locks: str) -> None:
    """Make `.venv` hold exactly what the lock files say, each download checked against its hash.

    A stamp remembers the contents of the lock files, so that the next start need not look.
    """
    stamp = VENV / f".installed-{'-'.join(lock.replace('/', '.') for lock in locks)}"
    wanted = _fingerprint(locks)
    if stamp.exists() and stamp.read_text() == wanted and _works(PYTHON):
        return
    if not _works(PYTHON):
        _new_environment()
    say(f"Installing the Python packages of {' and '.join(locks)} into .venv")
    requirements = [part for lock in locks for part in ("-r", str(ROOT / lock))]
    _pip("install", "-qq", "--require-hashes", *requirements)
    _pip("check", "-qq")
    stamp.write_text(wanted)


def _fingerprint(locks: tuple[str, ...]) -> str:
    digest = hashlib.sha256(f"{sys.version_info[:2]} {platform.machine()}".encode())
    for lock in locks:
        digest.update((ROOT / lock).read_bytes())
    return digest.hexdigest()


def _works(python: Path) -> bool:
    if not python.exists():
        return False
    command = [str(python), "-c", "import pip, sys; sys.exit(sys.version_info < (3, 11))"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _new_environment() -> None:
    if importlib.util.find_spec("ensurepip") is None:
        install("Python's venv module")
    say(f"Making a Python {platform.python_version()} environment in .venv")
    done = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False)
    if done.returncode != 0:
        raise SetupFailed("The Python environment could not be made in .venv; the lines above say why.")


def _pip(*arguments: str) -> None:
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments]
    if subprocess.run(command, check=False).returncode != 0:
        raise SetupFailed(
            "The Python packages could not be installed; the lines above say why. Without a way to the internet, "
            "point pip at a mirror (PIP_INDEX_URL) or a folder of wheels (PIP_FIND_LINKS)."
        )


# The system's packages --------------------------------------------------------------------------------------


def text_libraries() -> None:
    """Make sure of the libraries that WeasyPrint loads when it makes a PDF."""
    need(PANGO, _text_libraries_are_there)


def need(what: str, is_there: Callable[[], bool]) -> None:
    """Install `what` from the system's packages unless it is there. Raises SetupFailed."""
    if is_there():
        return
    install(what)
    if not is_there():
        raise SetupFailed(f"Common Hour needs {what}, and installing did not help. {_by_hand(what)}")


def install(what: str) -> None:
    """Install `what` with the system's package manager. Raises SetupFailed, saying what to do by hand."""
    manager = _manager()
    packages = PACKAGES[what].get(manager or "", [])
    if not packages:
        raise SetupFailed(
            f"Common Hour needs {what}. Please install it with the package manager of this system."
        )
    prefix = _rights(manager)
    if prefix is None:
        raise SetupFailed(f"Common Hour needs {what}, and this account may not install it. {_by_hand(what)}")
    say(f"Installing {what} with {manager}: {' '.join(packages)}")
    for command in _commands(manager or "", packages):
        if subprocess.run([*prefix, *command], check=False, stdin=subprocess.DEVNULL).returncode != 0:
            raise SetupFailed(f"{manager} could not install {what}. {_by_hand(what)}")


def _manager() -> str | None:
    return next((name for name in ("apt-get", "dnf", "apk", "brew") if shutil.which(name)), None)


def _rights(manager: str | None) -> list[str] | None:
    """What to put before the package manager's command, or None if this account may not use it."""
    if manager == "brew" or os.geteuid() == 0:
        return []
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return ["sudo", "-n"]
    return None


def _commands(manager: str, packages: list[str]) -> list[list[str]]:
    quiet_apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    return {
        "apt-get": [
            [*quiet_apt, "update"],
            [*quiet_apt, "install", "-y", "--no-install-recommends", *packages],
        ],
        "dnf": [["dnf", "--quiet", "--assumeyes", "install", *packages]],
        "apk": [["apk", "--quiet", "add", "--no-cache", *packages]],
        "brew": [["brew", "install", "--quiet", *packages]],
    }[manager]


def _by_hand(what: str) -> str:
    manager = _manager()
    packages = PACKAGES[what].get(manager or "", [])
    if not packages:
        return ""
    command = {
        "apt-get": "sudo apt-get install",
        "dnf": "sudo dnf install",
        "apk": "sudo apk add",
        "brew": "brew install",
    }
    return f"Please run: {command[manager or '']} {' '.join(packages)}"


def _text_libraries_are_there() -> bool:
    if sys.platform == "darwin":
        return any(
            Path(folder, "libpango-1.0.dylib").exists() for folder in ("/opt/homebrew/lib", "/usr/local/lib")
        )
    names = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libgobject-2.0.so.0", "libharfbuzz.so.0")
    # Pango runs without the last one, but then a PDF carries whole fonts and takes several times as long.
    return all(_loads(name) for name in (*names, "libharfbuzz-subset.so.0", "libfontconfig.so.1"))


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
