"""The command `bin/serve`: set up, prepare the database, then keep the web server and the job worker running.

Standard library only.
"""

from __future__ import annotations

import argparse
import ctypes
import fcntl
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import IO

import _setup
from _setup import PYTHON, ROOT, SetupFailed, say

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
STOP_SECONDS = 30


def main() -> int:
    """Returns the exit code."""
    options = _options()
    try:
        with _setup.one_at_a_time():
            _setup.python_environment("requirements.lock")
            _setup.text_libraries()
        return _run(options)
    except SetupFailed as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _options() -> argparse.Namespace:
    bind_host, _, bind_port = os.environ.get("COMMON_HOUR_BIND", "127.0.0.1:8000").rpartition(":")
    parser = argparse.ArgumentParser(
        prog="bin/serve", description="Sets up and serves Common Hour. docs/settings.md tells the settings."
    )
    parser.add_argument("--empty", action="store_true", help="start without the demo agency")
    parser.add_argument(
        "--host", default=bind_host.strip("[]") or "127.0.0.1", help="the address to listen on"
    )
    parser.add_argument("--port", type=int, default=int(bind_port or 8000), help="the port to listen on")
    parser.add_argument("--setup-only", action="store_true", help="set up, prepare the database, then stop")
    return parser.parse_args()


def _run(options: argparse.Namespace) -> int:
    os.umask(0o077)
    data, keys = _private_folders()
    _site_address(options)
    with _only_server_of(data):
        if options.setup_only:
            _prepare(data, options)
            return 0
        _port_is_free(options.host, options.port)
        state = _prepare(data, options)
        _tell(options, state, data, keys)
        return Processes(options).run()


# Before serving ---------------------------------------------------------------------------------------------


def _private_folders() -> tuple[Path, Path]:
    """The folders for data and for secrets: never the same, and closed to others."""
    data = Path(os.environ.get("COMMON_HOUR_DATA_DIR") or ROOT / "var" / "data").resolve()
    keys = Path(os.environ.get("COMMON_HOUR_SECRETS_DIR") or ROOT / "var" / "secrets").resolve()
    if data == keys or data in keys.parents or keys in data.parents:
        raise SetupFailed(
            "COMMON_HOUR_DATA_DIR and COMMON_HOUR_SECRETS_DIR must be separate folders, neither inside the other: a "
            "backup takes the data and must never take the keys."
        )
    for variable, folder in (("COMMON_HOUR_DATA_DIR", data), ("COMMON_HOUR_SECRETS_DIR", keys)):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
        except OSError as error:
            raise SetupFailed(
                f"{folder} cannot be used ({error.strerror}). Set {variable} to another one."
            ) from error
        os.environ[variable] = str(folder)
    return data, keys


def _site_address(options: argparse.Namespace) -> None:
    """The address that links in e-mails begin with: people's own machine by default."""
    if os.environ.get("SITE_URL"):
        return
    if options.host not in LOOPBACK:
        raise SetupFailed(
            "Serving beyond this machine needs SITE_URL, the address that people open, such as "
            "https://hours.example.org, and ALLOWED_HOSTS, its host name. docs/deploy.md tells how."
        )
    host = f"[{options.host}]" if ":" in options.host else options.host
    os.environ["SITE_URL"] = f"http://{host}:{options.port}"


def _only_server_of(data: Path) -> IO[str]:
    """Hold the data folder for this server. The lock is gone with the process, however it ends."""
    lock = (data / "serve.lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        raise SetupFailed(
            f"Common Hour is already running with the data in {data} (process {lock.read().strip() or 'unknown'}). "
            "Stop it first, or set COMMON_HOUR_DATA_DIR and --port for a second one."
        ) from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def _port_is_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SetupFailed(
                f"{host}:{port} cannot be listened on ({error.strerror}). Choose another port: bin/serve --port 8001"
            ) from error


def _manage(*arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    command = [str(PYTHON), str(ROOT / "manage.py"), *arguments]
    return subprocess.run(
        command, env={**os.environ, **extra}, cwd=ROOT, check=False, text=True, stdout=subprocess.PIPE
    )


def _prepare(data: Path, options: argparse.Namespace) -> dict[str, bool]:
    """Secrets, migrations, checks; the demo agency on the very first start. Returns what `prepare` found."""
    # Keys are made once. When they are lost later, new ones would hide that until nothing can be read any more.
    keys_made = data / "keys-made"
    may_make = {} if keys_made.exists() else {"COMMON_HOUR_CREATE_SECRETS": "1"}
    done = _manage("prepare", "--json", **may_make)
    if done.returncode != 0:
        raise SetupFailed(
            (done.stdout + "\nThe database could not be prepared; the lines above say why.").strip()
        )
    keys_made.touch(mode=0o600)
    state: dict[str, bool] = json.loads(done.stdout.splitlines()[-1])
    chosen_empty = data / "started-empty"
    if not state["has_people"] and options.empty:
        chosen_empty.touch(mode=0o600)
    elif not state["has_people"] and not chosen_empty.exists():
        _fill_demo()
        state = {"has_people": True, "has_demo_people": True}
    if state["has_demo_people"] and options.host not in LOOPBACK:
        raise SetupFailed(
            "There are demo people in the database, whose passwords everybody knows, so it is served on 127.0.0.1 only. "
            "For real use start with an empty data folder: COMMON_HOUR_DATA_DIR=... bin/serve --empty"
        )
    return state


def _fill_demo() -> None:
    say("Filling the demo agency (--empty starts without it)")
    if _manage("demo").returncode != 0:
        raise SetupFailed(
            "The demo agency could not be made; the lines above say why. --empty starts without it."
        )


def _tell(options: argparse.Namespace, state: dict[str, bool], data: Path, keys: Path) -> None:
    address = os.environ["SITE_URL"]
    say(f"\nCommon Hour: {address}")
    if state["has_demo_people"]:
        say(f"\nDemo sign-ins:\n{_answer('demo', '--sign-ins')}")
    elif not state["has_people"]:
        page = f"{address}{_answer('setup_token', '--path')}"
        say(f"\nTo make your agency and its administrator, open this page (it works once):\n  {page}")
    say(f"\nData: {data}")
    say(f"Keys: {keys}  (keep a copy elsewhere: without the keys, nothing that was written can be read)")
    say("Ctrl-C stops it.\n")


def _answer(*command: str) -> str:
    done = _manage(*command)
    if done.returncode != 0:
        raise SetupFailed(f"manage.py {' '.join(command)} failed; the lines above say why.")
    return done.stdout.strip("\n")


# While serving ----------------------------------------------------------------------------------------------


class Processes:
    """The web server and the job worker: started together, stopped together. A dead worker is replaced."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._bind = (
            f"[{options.host}]:{options.port}" if ":" in options.host else f"{options.host}:{options.port}"
        )
        self._stopping = False
        self._worker_name = ""
        self._worker_started = 0.0

    def run(self) -> int:
        """Serve until told to stop. Returns the exit code."""
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)
        self._web = self._start_web()
        self._worker = self._start_worker()
        while not self._stopping:
            if self._web.poll() is not None:
                print("The web server stopped by itself; the lines above say why.", file=sys.stderr)
                break
            if self._worker.poll() is not None and time.monotonic() - self._worker_started > 1:
                say("The job worker stopped; starting another.")
                self._worker = self._start_worker()
            time.sleep(0.2)
        return self._stop()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _start_web(self) -> subprocess.Popen[bytes]:
        threads = os.environ.get("COMMON_HOUR_THREADS", "8")
        workers = os.environ.get("COMMON_HOUR_WEB_PROCESSES", "2")
        command = [
            *(str(PYTHON), "-m", "gunicorn", "supervision.wsgi:application", "--bind", self._bind),
            *("--worker-class", "gthread", "--workers", workers, "--threads", threads),
            *(
                "--timeout",
                "60",
                "--graceful-timeout",
                "20",
                "--max-requests",
                "20000",
                "--max-requests-jitter",
                "2000",
            ),
            *("--log-level", "warning", "--worker-tmp-dir", _memory_folder()),
        ]
        # A group of its own: Ctrl-C reaches this process, which stops the others in order.
        return subprocess.Popen(command, cwd=ROOT, start_new_session=True, preexec_fn=_die_with_parent)

    def _start_worker(self) -> subprocess.Popen[bytes]:
        name, replaces = f"serve-{secrets.token_hex(6)}", self._worker_name
        command = [str(PYTHON), str(ROOT / "manage.py"), "work", "--with-parent", "--name", name]
        if replaces:
            command += ["--replaces", replaces]
        self._worker_name, self._worker_started = name, time.monotonic()
        return subprocess.Popen(command, cwd=ROOT, start_new_session=True)

    def _stop(self) -> int:
        say("Stopping")
        failed = self._web.poll() is not None
        for process in (self._web, self._worker):
            if process.poll() is None:
                process.terminate()
        until = time.monotonic() + STOP_SECONDS
        for process in (self._web, self._worker):
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
        return 1 if failed else 0


def _die_with_parent() -> None:
    """Where the kernel can (Linux), a killed bin/serve takes its web server with it."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)


def _memory_folder() -> str:
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else os.environ.get("TMPDIR", "/tmp")


if __name__ == "__main__":
    sys.exit(main())
