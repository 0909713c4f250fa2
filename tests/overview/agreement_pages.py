"""What the first pages say of agreements, read from the pages as people see them."""

from __future__ import annotations

import datetime
import html
import re
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from agreements.models import Agreement
from supervision.people.models import Arrangement, Participation, User
from supervision.sessions import standing
from tests import factories
from tests.overview import builders
from tests.overview.builders import days, signed_in

SUPERVISOR = "supervisor"


def move_to(day: datetime.date, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is noon, in New York, on another day."""
    noon = builders.at(day, 12)
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon)


def plain(part: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", part))).strip()


def page_of(person: User, role: str = "", path: str = "/") -> str:
    response = signed_in(person, role=role).get(path)
    assert response.status_code == 200
    return str(response.content.decode())


def tasks(person: User, role: str = "") -> list[str]:
    """Everything under “Needs you”, each as label, reason and tag in one string."""
    found = re.search(r'<ul class="tasks">(.*?)</ul>', page_of(person, role), re.DOTALL)
    return [plain(part) for part in re.findall(r"<li>.*?</li>", found[1], re.DOTALL)] if found else []


def links(person: User, role: str = "") -> dict[str, str]:
    """Where each task leads, by its label."""
    found = re.search(r'<ul class="tasks">(.*?)</ul>', page_of(person, role), re.DOTALL)
    pairs = re.findall(r'<li><a href="([^"]+)">(.*?)</a>', found[1], re.DOTALL) if found else []
    return {plain(label): html.unescape(url) for url, label in pairs}


def waiting(person: User) -> list[str]:
    """Everything under “Waiting for others” on a supervisor's page."""
    page = page_of(person, SUPERVISOR)
    found = re.search(r'<h2 id="waiting">.*?</aside>', page, re.DOTALL)
    return [plain(part) for part in re.findall(r"<li>.*?</li>", found[0], re.DOTALL)] if found else []


def lines(manager: User) -> dict[str, str]:
    """Each line of a manager's list, by the name in it."""
    body = re.search(r'<tbody role="rowgroup">(.*?)</tbody>', page_of(manager, path="/overview/"), re.DOTALL)
    assert body
    rows = re.findall(r"<tr.*?</tr>", body[1], re.DOTALL)
    named = {re.findall(r'role="rowheader"><a [^>]*>(.*?)</a>', row)[0]: row for row in rows}
    return {html.unescape(name): plain(row) for name, row in named.items()}


def meet(arrangement: Arrangement, *when: datetime.date, **given: Any) -> None:
    """Hold a session on each of these days."""
    for day in when:
        builders.session(arrangement, builders.at(day, 9), record="sealed", **given)
    with transaction.atomic():
        standing.keep(arrangement)


def replace_supervisor(
    arrangement: Arrangement, name: str = "Noor Haddad", since: datetime.date | None = None
) -> User:
    """Whoever led it left, and from the next day on, by default today, somebody else leads."""
    since = since or timezone.localdate()
    leading = arrangement.participations.filter(part=Participation.Part.SUPERVISOR)
    leading.update(left_on=since - days(1))
    new = factories.person(name)
    Participation.objects.create(
        arrangement=arrangement, person=new, part=Participation.Part.SUPERVISOR, joined_on=since
    )
    return new


def address(name: str, agreement: Agreement) -> str:
    return f"/agreements/{agreement.pk}/{name}/" if name else f"/agreements/{agreement.pk}/"
