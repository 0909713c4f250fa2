"""Which pages are measured, as whom, and how: each sample in units of the bare page, asked for immediately before it."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse

from agreements.models import Agreement
from supervision.people.models import Arrangement, User
from supervision.sessions.models import Session

MATRIX = Path(__file__).parent.parent / "architecture" / "access_matrix.txt"
ROLES = ("worker", "supervisor", "manager", "director", "administrator")
COLUMN = {"director": "manager"}  # a manager of every program

# What a page may take, by its kind (units of the bare page, statements, kB of compressed HTML).
BUDGETS = {
    "list": (45, 8, 12),
    "detail": (40, 12, 20),
    "form": (70, 10, 20),
    "overview": (60, 15, 20),
    "agency": (120, 15, 20),
}
OVERVIEWS = {"home", "overview:manager", "overview:people", "overview:activity"}
DETAILS = {"hours:own", "hours:person", "people:calendar"}
# Texts and files that have nothing of the records in them, and what belongs to signing in.
LEFT_OUT = {
    "portfolio:schema",
    "agreements:template_standard_export",
    "overview:help",
    "overview:accessibility",
}
LEFT_OUT |= {"guidance:page", "people:own_address_keep", "records:check", "overview:who_can_see"}
FORMS = {"reports:ask", "sessions:log", "notes:add"}  # of those that nobody's records are on
FORM_ENDS = (
    *("_new", "_add", "_load", "_choose", "_write", ":add", ":ask", ":enter", ":start", ":load"),
    *(
        ":hold",
        ":log",
        ":open",
        ":agency",
        ":your_details",
        ":limits",
        ":record",
        ":plan",
        ":packet",
        ":away",
    ),
)


@dataclass
class Page:
    """One page as one person, with what was measured of it."""

    name: str
    role: str
    address: str
    samples: list[float] = field(default_factory=list)
    statements: int = 0
    kilobytes: float = 0.0

    @property
    def kind(self) -> str:
        if self.name in OVERVIEWS:
            return "agency" if self.role == "director" else "overview"
        if self.name.endswith(FORM_ENDS):
            return "form"
        own = self.name in DETAILS or self.name.endswith(
            (":detail", ":facts", ":sign", ":worker", ":program")
        )
        return "detail" if own or self.name.endswith(":arrangement") else "list"

    @property
    def quartiles(self) -> tuple[float, float, float]:
        first, median, third = statistics.quantiles(self.samples, n=4)
        return first, median, third

    @property
    def verdict(self) -> str:
        """As performance goals say it: red where even the first quartile is over, amber where the median is."""
        units, statements, kilobytes = BUDGETS[self.kind]
        first, median, _third = self.quartiles
        over = [
            "CPU" if first > units else "CPU?" if median > units else "",
            "SQL" if self.statements > statements else "",
            "bytes" if self.kilobytes > kilobytes else "",
        ]
        return " ".join(filter(None, over)) or "ok"

    def as_dict(self) -> dict[str, Any]:
        first, median, third = self.quartiles
        about = {"name": self.name, "role": self.role, "kind": self.kind, "sql": self.statements}
        units = {"q1": first, "median": median, "q3": third}
        rest = {"kb": self.kilobytes, "verdict": self.verdict, "samples": self.samples}
        return about | units | rest


def people() -> dict[str, User]:
    """Who asks: of the first program, and those who see all of the agency."""
    return {role: User.objects.get(email=f"{role}0@example.org") for role in ROLES}


def _allowed() -> Iterator[tuple[str, str]]:
    """Address and role wherever the access matrix says that a page without a target opens."""
    lines = MATRIX.read_text().splitlines()
    columns = lines[0].split()
    for line in lines[1:]:
        row = dict(zip(columns, line.split(), strict=False))
        name = row["address"]
        if row["target"] != "-" or row["method"] != "GET" or name in LEFT_OUT:
            continue
        is_other_form = name.endswith(FORM_ENDS) and name not in FORMS
        if is_other_form or name.startswith(("account", "mfa", "usersessions")):
            continue
        for role in ROLES:
            # Whoever has one agreement is led to it.
            if row[COLUMN.get(role, role)] == "ok" and (name, role) != ("agreements:list", "worker"):
                yield name, role


def pages() -> list[Page]:
    """Every page that is measured, as everybody who may open it."""
    found = []
    for name, role in _allowed():
        try:
            found.append(Page(name, role, reverse(name)))
        except NoReverseMatch:
            continue
    return found + [Page(name, role, address) for name, role, address in _of_records()]


def _of_records() -> Iterator[tuple[str, str, str]]:
    who = people()
    worker, supervisor = who["worker"], who["supervisor"]
    arrangement = Arrangement.objects.get(participations__person=worker)
    sessions = Session.objects.filter(arrangement=arrangement)
    sealed = sessions.filter(sealed_at__isnull=False).latest("starts_at")
    agreement = Agreement.objects.get(arrangement=arrangement)
    waits = sessions.filter(open_offer__isnull=False, sealed_at__isnull=True).latest("starts_at")
    planned = sessions.planned().latest("starts_at")
    draft = Session.objects.held().filter(recorder=supervisor, open_offer__isnull=True).first()

    for role in ("worker", "supervisor"):
        yield "sessions:detail", role, reverse("sessions:detail", args=[sealed.pk])
        yield "sessions:plan", role, reverse("sessions:plan", args=[arrangement.pk])
    yield "sessions:sign", "worker", reverse("sessions:sign", args=[waits.pk])
    yield "sessions:detail", "manager", reverse("sessions:facts", args=[sealed.pk])
    yield "sessions:record", "supervisor", reverse("sessions:record", args=[(draft or planned).pk])
    for role in ("worker", "supervisor", "manager"):
        yield "agreements:detail", role, reverse("agreements:detail", args=[agreement.pk])
        yield "people:arrangement", role, reverse("people:arrangement", args=[arrangement.pk])
        yield "overview:worker", role, reverse("overview:worker", args=[worker.pk])
        yield "hours:person", role, reverse("hours:person", args=[worker.pk])
        yield "reports:packet", role, reverse("reports:packet", args=[worker.pk])
    for role in ("manager", "administrator"):
        yield "people:detail", role, reverse("people:detail", args=[worker.pk])
        yield "people:program", role, reverse("people:program", args=[arrangement.program_id])


# Measuring --------------------------------------------------------------------------------------------------


def clients() -> dict[str, Client]:
    """Each signed in, taking compressed pages as browsers do."""
    found = {}
    for role, person in people().items():
        found[role] = Client(HTTP_ACCEPT_ENCODING="gzip")
        found[role].force_login(person)
    return found


def cpu(what: Callable[[], Any]) -> tuple[float, Any]:
    began = time.process_time()
    answer = what()
    return time.process_time() - began, answer


def look(page: Page, client: Client) -> int:
    """Open it once: how many statements, how many bytes. Returns the status."""
    done: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        done.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        answer = client.get(page.address)
    page.statements, page.kilobytes = len(done), len(answer.content) / 1000
    return int(answer.status_code)


def measure(found: list[Page], rounds: Iterable[Any]) -> list[float]:
    """Fill in a sample of each page in each of these rounds. Returns the CPU seconds of each bare page, for the table."""
    who, bare = clients(), Client(HTTP_ACCEPT_ENCODING="gzip")
    for page in found:
        look(page, who[page.role])  # what is made once is made
        if (status := look(page, who[page.role])) != 200:
            raise SystemExit(f"{page.name} as {page.role} ({page.address}) answers {status}")
    empty, address = [], reverse("bare")
    order = list(found)
    for _round in rounds:
        random.shuffle(order)
        for page in order:
            unit = cpu(lambda: bare.get(address))[0]
            page.samples.append(cpu(lambda page=page: who[page.role].get(page.address))[0] / unit)
            empty.append(unit)
    return empty
