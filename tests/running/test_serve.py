"""`bin/serve` as its owner meets it: it starts, keeps both processes alive, refuses plainly, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

pytestmark = pytest.mark.slow

ROOT: Path = settings.BASE_DIR
LIMIT = 120


class Server:
    """One run of `bin/serve`, in folders of its own."""

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        self.folder, self.port = folder, _free_port()
        self.log = folder / f"log-{self.port}"
        chosen = {
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", "/"),
            "COMMON_HOUR_DATA_DIR": str(folder / "da ta"),
            "COMMON_HOUR_SECRETS_DIR": str(folder / "keys"),
            "COMMON_HOUR_STATIC_DIR": str(folder / "static"),
            **environment,
        }
        self.environment = chosen
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [str(ROOT / "bin" / "serve"), "--port", str(self.port), *arguments],
                cwd="/",
                env=chosen,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def said(self) -> str:
        return self.log.read_text()

    def answer(self) -> int:
        """The status of the sign-in page, or 0 while nobody answers."""
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.port}/accounts/login/", timeout=20
            ) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def children(self, what: str) -> list[int]:
        """Processes that this server started and that run, by what their command holds."""
        table = subprocess.run(
            ["ps", "-ww", "-eo", "pid,ppid,stat,args"], capture_output=True, text=True, check=True
        ).stdout
        rows = [line.split(None, 3) for line in table.splitlines()[1:]]
        return [int(r[0]) for r in rows if int(r[1]) == self.process.pid and "Z" not in r[2] and what in r[3]]

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(LIMIT)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(what: Callable[[], Any], server: Server) -> None:
    until = time.monotonic() + LIMIT
    while not what():
        assert server.process.poll() is None, server.said()
        assert time.monotonic() < until, server.said()
        time.sleep(0.1)


def refusal(server: Server) -> str:
    assert server.process.wait(LIMIT) == 1, server.said()
    assert "Traceback" not in server.said()
    return server.said()


@pytest.fixture(autouse=True)
def _once() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("what it starts has the embedded database, whichever the tests are run on")


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    started: list[Server] = []

    def start(*arguments: str, **environment: str) -> Server:
        started.append(Server(tmp_path, *arguments, **environment))
        return started[-1]

    yield start
    for server in started:
        if server.process.poll() is None:
            server.process.kill()
            server.process.wait()


def test_an_empty_start_serves_survives_its_workers_death_and_stops_clean(
    serve: Callable[..., Server],
) -> None:
    server = serve("--empty")
    wait_for(lambda: server.answer() == 200, server)
    assert re.search(rf"it works once\):\n  http://127\.0\.0\.1:{server.port}/\S+", server.said())
    assert "keep a copy elsewhere" in server.said()

    (worker,) = server.children("manage.py work")
    os.kill(worker, signal.SIGKILL)
    wait_for(lambda: server.children("manage.py work") not in ([], [worker]), server)
    assert server.answer() == 200

    second = serve("--empty")
    assert (
        f"already running with the data in {server.folder}/da ta (process {server.process.pid})"
        in refusal(second)
    )

    processes = server.children("")
    assert server.stop() == 0
    assert [process for process in processes if Path(f"/proc/{process}").exists()] == []


def test_data_and_keys_are_closed_to_others(serve: Callable[..., Server]) -> None:
    server = serve("--empty", "--setup-only")
    assert server.process.wait(LIMIT) == 0, server.said()
    everything = [server.folder / "da ta", server.folder / "keys"]
    everything += [path for folder in list(everything) for path in folder.rglob("*")]
    assert len(everything) > 4
    assert [path for path in everything if path.stat().st_mode & 0o077] == []


def test_a_second_start_keeps_the_keys_and_the_data(serve: Callable[..., Server]) -> None:
    first = serve("--empty", "--setup-only")
    assert first.process.wait(LIMIT) == 0, first.said()
    keys = (first.folder / "keys" / "keys.json").read_bytes()
    second = serve("--setup-only")
    assert second.process.wait(LIMIT) == 0, second.said()
    assert (first.folder / "keys" / "keys.json").read_bytes() == keys
    assert "demo" not in second.said(), "a start that once was empty stays empty"


def test_lost_keys_are_not_replaced_silently(serve: Callable[..., Server]) -> None:
    first = serve("--empty", "--setup-only")
    assert first.process.wait(LIMIT) == 0, first.said()
    (first.folder / "keys" / "keys.json").unlink()
    assert "restore your copy" in refusal(serve("--empty", "--setup-only")).lower()


def test_a_port_in_use_is_said_plainly(serve: Callable[..., Server], tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert f"127.0.0.1:{port} cannot be listened on" in refusal(serve("--empty", "--port", str(port)))


@pytest.mark.parametrize("keys", ["da ta", "da ta/keys"])
def test_keys_never_lie_in_the_data_folder(serve: Callable[..., Server], tmp_path: Path, keys: str) -> None:
    server = serve("--empty", COMMON_HOUR_SECRETS_DIR=str(tmp_path / keys))
    assert "must be separate folders" in refusal(server)


def test_beyond_this_machine_it_asks_for_its_address(serve: Callable[..., Server]) -> None:
    assert "needs SITE_URL" in refusal(serve("--empty", "--host", "0.0.0.0"))


def test_another_server_does_not_show_demo_people_to_others_either(serve: Callable[..., Server]) -> None:
    server = serve("--empty", "--setup-only")
    assert server.process.wait(LIMIT) == 0, server.said()

    def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", code]
        everything = {**server.environment, "DJANGO_SETTINGS_MODULE": "supervision.settings", **environment}
        return subprocess.run(command, cwd=ROOT, env=everything, capture_output=True, text=True, check=False)

    public = {"SITE_URL": "https://hours.example.org", "ALLOWED_HOSTS": "hours.example.org"}
    assert python("import supervision.wsgi", **public).returncode == 0
    added = python(
        "import supervision.wsgi\n"
        "from django.db import transaction\n"
        "from supervision.people.models import User\n"
        "with transaction.atomic():\n"
        "    User.objects.create(email='dana@example.org', name='Dana', is_demo=True)"
    )
    assert added.returncode == 0, added.stderr
    assert python("import supervision.wsgi").returncode == 0
    refused = python("import supervision.wsgi", **public)
    assert refused.returncode != 0
    assert "it is served on this machine only, not as hours.example.org" in refused.stderr
