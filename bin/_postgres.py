"""A PostgreSQL server for one test run: private, temporary, gone when the run ends. Standard library only."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from _setup import SetupFailed

USER = "common_hour"
# Tests may lose their data, so nothing waits for a disk.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",  # its statistics of rows that a test rolls back make plans that no real table gets
    "shared_buffers": "128MB",
    "max_connections": "100",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_min_messages": "fatal",
    "timezone": "UTC",
}


def server_program() -> Path | None:
    """Where `initdb` is, or None if no server is installed. Debian keeps it off the PATH."""
    folders = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/opt/homebrew/opt").glob("postgresql*/bin")]
    for folder in sorted(folders, key=_version, reverse=True):
        if (folder / "initdb").exists():
            return folder
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def _version(folder: Path) -> int:
    digits = "".join(character for character in str(folder) if character.isdigit())
    return int(digits or 0)


@contextmanager
def temporary_server() -> Iterator[str]:
    """Start a server on a free loopback port, with a password made for this run. Gives its URL."""
    programs = server_program()
    if programs is None:
        raise SetupFailed("There is no PostgreSQL server to test with.")
    account = _unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="chpg-", dir="/tmp"))
    try:
        if account:
            os.chown(folder, account.pw_uid, account.pw_gid)
        password, port = secrets.token_urlsafe(16), _free_port()
        _make_cluster(programs, folder, account, password)
        _control(programs, folder, account, "start", "-o", _options(folder, port))
        try:
            yield f"postgresql://{USER}:{password}@127.0.0.1:{port}/postgres"
        finally:
            _control(programs, folder, account, "stop", "-m", "immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: the account to run it as, or None if this one will do."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise SetupFailed(
        "PostgreSQL cannot run as root, and there is neither an account postgres nor nobody to run it as."
    )


def _make_cluster(programs: Path, folder: Path, account: pwd.struct_passwd | None, password: str) -> None:
    secret = folder / "password"
    secret.touch(mode=0o600)
    secret.write_text(password)
    if account:
        os.chown(secret, account.pw_uid, account.pw_gid)
    _run(
        [programs / "initdb", "-D", folder / "data", "-U", USER, f"--pwfile={secret}"]
        + ["-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync"],
        folder,
        account,
    )
    secret.unlink()


def _options(folder: Path, port: int) -> str:
    chosen = {
        "port": str(port),
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": str(folder),
        **SETTINGS,
    }
    return " ".join(f"-c {name}={value}" for name, value in chosen.items())


def _control(programs: Path, folder: Path, account: pwd.struct_passwd | None, *arguments: str) -> None:
    log = ["-l", str(folder / "log")] if arguments[0] == "start" else []
    _run([programs / "pg_ctl", "-D", folder / "data", "-w", *log, *arguments], folder, account)


def _run(command: list[str | Path], folder: Path, account: pwd.struct_passwd | None) -> None:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
    )
    if done.returncode != 0:
        log = folder / "log"
        raise SetupFailed(
            f"PostgreSQL did not start:\n{done.stdout}{log.read_text() if log.exists() else ''}"
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
