"""People who work at the same time: they read, what they type is kept, they sign. Over HTTP, to gunicorn as deploy/ starts it."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.middleware.csrf import _get_new_csrf_string
from django.urls import reverse

from supervision.people.models import User
from supervision.records.models import Answer
from supervision.sessions.models import Session

from .heavy import cpu_of, memory

ROOT = Path(__file__).parent.parent.parent
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Server:
    """gunicorn with so many processes, on a free port."""

    def __init__(self, processes: int) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        command = [sys.executable, "-m", "gunicorn", "supervision.wsgi:application"]
        command += ["--bind", f"127.0.0.1:{self.port}", "--worker-class", "gthread", "--threads", "8"]
        command += ["--workers", str(processes), "--worker-tmp-dir", "/dev/shm", "--log-level", "error"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL)
        self._wait(processes)

    def _wait(self, processes: int) -> None:
        until = time.monotonic() + 60
        while len(self.workers) < processes or not self._answers():
            if time.monotonic() > until or self._process.poll() is not None:
                raise SystemExit("gunicorn did not start")
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            made = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            made.request("GET", reverse("bare"))
            return made.getresponse().status == 200
        except OSError:
            return False

    @property
    def workers(self) -> list[int]:
        main = self._process.pid
        return [int(pid) for pid in Path(f"/proc/{main}/task/{main}/children").read_text().split()]

    @property
    def cpu(self) -> float:
        return sum(map(cpu_of, self.workers))

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(60)


@dataclass
class Person:
    """Somebody with a browser: their session, and what they have to sign."""

    user: User
    to_sign: list[uuid.UUID]
    read: list[str]
    port: int = 0
    cookie: str = ""
    token: str = ""
    done: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def sign_in(self) -> None:
        """A session as the sign-in makes it, without the time that the password takes."""
        store = SessionStore()
        store[SESSION_KEY], store[BACKEND_SESSION_KEY] = (
            str(self.user.pk),
            settings.AUTHENTICATION_BACKENDS[0],
        )
        store[HASH_SESSION_KEY] = self.user.get_session_auth_hash()
        store["account_authentication_methods_user"] = str(self.user.pk)
        store["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
        store.save()
        self.token = _get_new_csrf_string()
        self.cookie = (
            f"{settings.SESSION_COOKIE_NAME}={store.session_key}; {settings.CSRF_COOKIE_NAME}={self.token}"
        )

    def work(self, until: float) -> None:
        """Until then: two pages, something typed that is kept, two pages, a signature."""
        connected = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        turn = 0
        while time.monotonic() < until:
            try:
                self._read(connected, turn)
                self._type(connected, turn)
                self._read(connected, turn + 1)
                self._sign(connected)
            except OSError as error:
                self.wrong.append(f"{type(error).__name__}")
                connected = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            turn += 2

    def _ask(
        self, connected: http.client.HTTPConnection, what: str, method: str, address: str, body: str = ""
    ) -> tuple[int, str]:
        headers = {"Cookie": self.cookie, "X-CSRFToken": self.token, "Accept-Encoding": "gzip", **(FORM if body else {})}  # fmt: skip
        if what == "look":
            headers.pop("Accept-Encoding")
        connected.request(method, address, body or None, headers)
        answer = connected.getresponse()
        text = answer.read()
        self.done[what] += 1
        status, leads_to = answer.status, answer.getheader("Location", "")
        if what == "sign" and leads_to != address.removesuffix("sign/"):
            status = 0  # what was signed leads to the record
        return status, text.decode() if what == "look" else ""

    def _expect(self, what: str, status: int, *right: int) -> None:
        if status not in right:
            self.wrong.append(f"{what}: {status}")

    def _read(self, connected: http.client.HTTPConnection, turn: int) -> None:
        status, _text = self._ask(connected, "read", "GET", self.read[turn % len(self.read)])
        self._expect("read", status, 200)

    def _type(self, connected: http.client.HTTPConnection, turn: int) -> None:
        words = {
            "kept_form": reverse("notes:add"),
            "page": str(uuid.uuid4()),
            "text": f"What I want to raise {turn}",
        }
        status, _text = self._ask(connected, "save", "POST", reverse("typed:words"), urlencode(words))
        self._expect("save", status, 204)

    def _sign(self, connected: http.client.HTTPConnection) -> None:
        if not self.to_sign:
            self.wrong.append("everything is signed; --fresh makes the agency anew")
            return
        address = reverse("sessions:sign", args=[self.to_sign.pop()])
        status, text = self._ask(connected, "look", "GET", address)
        self._expect("look", status, 200)
        found = re.search(r'name="seen" value="([^"]*)"', text)
        words = {"seen": found[1] if found else "", "record": "on", "attendance": "on", "typed_name": self.user.name}  # fmt: skip
        status, _text = self._ask(connected, "sign", "POST", address, urlencode(words))
        self._expect("sign", status, 302)


def everybody(count: int) -> list[Person]:
    """So many workers, each with records that wait for them, and pages of their own to read."""
    found = []
    for user in User.objects.filter(email__startswith="worker").order_by("email")[:count]:
        own = Session.objects.filter(attendees__person=user)
        waits = own.filter(open_offer__isnull=False, sealed_at__isnull=True).order_by("starts_at")
        sealed = own.filter(sealed_at__isnull=False).latest("starts_at")
        read = [
            reverse("sessions:list"),
            reverse("sessions:detail", args=[sealed.pk]),
            reverse("sessions:month"),
        ]
        found.append(Person(user, list(waits.values_list("pk", flat=True)), read))
    return found


def measure(processes: int, people: int, seconds: float) -> dict[str, float]:
    """These people at these processes, for so long. What was signed is counted in the database too."""
    crowd = everybody(people)
    before = Answer.objects.count()
    server = Server(processes)
    try:
        for person in crowd:
            person.port = server.port
            person.sign_in()
        connection.close()
        _run(crowd, 2)  # each process has imported what it needs
        for person in crowd:
            person.done.clear()
        began, cpu = time.monotonic(), server.cpu
        _run(crowd, seconds)
        took, used = time.monotonic() - began, server.cpu - cpu
        resident = max(memory("VmRSS", worker) for worker in server.workers)
    finally:
        server.stop()
    done = sum((person.done for person in crowd), Counter())
    wrong = [one for person in crowd for one in person.wrong]
    for line, times in Counter(wrong).most_common(5):
        print(f"  {times} x {line}", flush=True)
    signed = Answer.objects.count() - before
    if signed < 2 * done["sign"]:  # of the record, and of having been there
        raise SystemExit(f"{done['sign']} signatures were given, and {signed} answers are there.")
    asked = {"reads": done["read"], "saves": done["save"], "signatures": done["sign"]}
    return asked | {
        "processes": processes,
        "people": people,
        "errors": len(wrong),
        "per_second": done.total() / took,
        "rows": signed,
        "cpu_each_ms": 1000 * used / max(done.total(), 1),
        "rss": resident,
        "load": os.getloadavg()[0],
    }


def _run(crowd: list[Person], seconds: float) -> None:
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=person.work, args=[until]) for person in crowd]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def memory_of_a_worker(requests: int) -> dict[str, float]:
    """One process, asked in turn for the pages of somebody: its memory after a tenth of them, and after all."""
    crowd, server = everybody(4), Server(1)
    try:
        for person in crowd:
            person.port = server.port
            person.sign_in()
            person.to_sign = []
        connected = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        sizes = []
        for number in range(requests):
            person = crowd[number % 4]
            person._read(connected, number // 4)
            if number + 1 in (requests // 10, requests):
                sizes.append(memory("VmRSS", server.workers[0]))
    finally:
        server.stop()
    return {"requests": requests, "early": sizes[0], "late": sizes[1]}
