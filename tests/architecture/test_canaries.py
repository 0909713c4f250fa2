"""A unique word stands in every confidential field; it is found where the table of who reads what allows it, and nowhere else.

The pages are searched as everybody by the access matrices. Here: that every field has its word, what is in the sealed files, the
pages that fail, what looking for something finds and the calendars; what lies on the disk is in test_canaries_on_disk.py.
"""

from __future__ import annotations

import logging
import random
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.template.base import Template
from django.urls import reverse
from django.utils import timezone

from supervision.notes.models import Note
from supervision.people import operations as people
from supervision.people.models import CalendarFeed
from supervision.portfolio import everything, making
from supervision.portfolio import tasks as exporting
from supervision.portfolio.parts import BY_KEY, Period
from supervision.records import certificate, tasks
from supervision.records.encryption import EncryptedField
from supervision.records.models import Document, Seal
from tests.architecture import matrix
from tests.architecture.kinds import World
from tests.architecture.test_models import OURS
from tests.architecture.unpacking import words_in

NAMES = "the names of those that it is about, written by the software"
MARKS = "marks and numbers; no words"
CHOICE = "chosen from a list"
FILE = "a file made of others; searched below, as everybody"
# What the worker reads on a page and does not take along as data, each with its reason.
SEALED, OTHERS = (
    "in the sealed file, which is given",
    "of a group: own attendance and own words only (decision 13)",
)
OF_PROGRAM = "of a program, which keeps it; that they were asked, and what they take on, is given"
NOT_GIVEN = {
    "canary-agreement-statement-dana": SEALED,
    "canary-closed": SEALED,
    "canary-group-signed": OTHERS,
    "canary-protocol": OTHERS,
    "canary-program-": OF_PROGRAM,
}
# Encrypted, and without a word that somebody could have written.
NO_WORDS = {
    "records.document.pdf": FILE,
    "reports.report.pdf": "facts only; tests/reports reads them",
    "reports.report.archive": "facts only; tests/reports reads them",
    "reports.report.table": "facts only; tests/reports reads them",
    "reports.report.book": "facts only; tests/reports reads them",
    "portfolio.export.pdf": FILE,
    "portfolio.export.archive": FILE,
    "competencies.assessmentpart.links": "ids of what is linked",
    "competencies.goal.about_names": NAMES,
    "notes.note.about_names": NAMES,
    "competencies.programaverage.values": MARKS,
    "competencies.programaverage.members": MARKS,
    "competencies.programanswer.letters": MARKS,
    "competencies.programresult.content": MARKS,
    "competencies.programresult.able": MARKS,
    "competencies.sheet.kept": MARKS,
    "competencies.roundresult.kept": MARKS,
    "competencies.roundresult.able": MARKS,
    "performance.performancenote.outcome": CHOICE,
    "concerns.concern.limit": CHOICE,
}


ROOT = Path(__file__).parents[2]


@pytest.fixture
def world(built_world: World, db: None) -> World:
    return built_world


def _confidential() -> Iterator[tuple[str, type[Any], EncryptedField]]:
    """Every encrypted field, with its name and its model."""
    for model in apps.get_models():
        if model._meta.app_label in OURS:
            for field in model._meta.concrete_fields:
                if isinstance(field, EncryptedField):
                    yield f"{model._meta.label_lower}.{field.name}", model, field


def _words(world: World, text: str) -> set[str]:
    return {word for word in world.canaries if word in text}


def test_every_confidential_field_has_its_word(world: World) -> None:
    without = set()
    for name, model, field in _confidential():
        said = "".join(str(getattr(row, field.attname)) for row in model._base_manager.all())
        if not _words(world, said):
            without.add(name)
    assert without == NO_WORDS.keys()


# Files --------------------------------------------------------------------------------------------------------


def test_a_sealed_file_says_to_nobody_what_they_may_not_read(
    world: World, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    """The world has stand-ins for the files; here each is the real one, and everybody asks for it."""
    settings.SECRETS_DIR = tmp_path / "secrets"
    certificate.ensure_certificate("Riverbend Peer Alliance")
    made: dict[Any, bytes] = {}
    monkeypatch.setattr(tasks, "_keep", lambda seal, pdf: made.__setitem__(seal.record_id, bytes(pdf)))
    kept = set(Document.objects.values_list("record_id", flat=True))
    for seal in Seal.objects.filter(record_id__in=kept).select_related("offer"):
        tasks._make(seal)
    monkeypatch.setattr(Document, "pdf", property(lambda row: made[row.record_id], lambda row, value: None))

    clients, met, wrong = matrix.clients(world), set(), []
    for url_name, targets in world.targets.items():
        if not url_name.endswith("pdf"):
            continue
        for label, kwargs in targets.items():
            for name, client in clients.items():
                response, _ = matrix.ask(client, "GET", reverse(url_name, kwargs=kwargs))
                wrong += matrix.leaks(world, name, response, f"{url_name} {label}")
                if response.status_code == 200:
                    met |= {(kwargs["pk"], word) for word in _words(world, matrix.text(response))}
    assert "\n".join(wrong) == ""
    with_words = {pk for pk, data in made.items() if _words(world, words_in(data))}
    asked = {
        kwargs["pk"]
        for url_name, targets in world.targets.items()
        if url_name.endswith("pdf")
        for kwargs in targets.values()
    }
    assert len(with_words & asked) >= 6
    assert {pk for pk, _ in met} >= with_words & asked, "a file that is said to be read here was not"
    assert len(met) >= 20


def test_what_somebody_takes_along_holds_what_they_may_read(
    world: World, settings: Any, tmp_path: Path
) -> None:
    """The portfolio and everything held about a person, of everybody: in the PDF, in the data, in the files in the archive."""
    settings.SECRETS_DIR = tmp_path / "secrets"
    certificate.ensure_certificate("Riverbend Peer Alliance")
    met, wrong = set(), []
    today = timezone.localdate()
    for name, person in world.people.items():
        if person is None:
            continue
        notes = list(Note.objects.of(person).values_list("pk", flat=True))
        portfolio = making.gather(person, Period(today - timedelta(days=400), today), list(BY_KEY), notes)
        for what, data in {
            "portfolio": making.archive_of(portfolio),
            "printed": exporting.pdf_of(portfolio, identifier="x") if name == "worker" else b"",
            "everything": everything.archive_of(person),
        }.items():
            said = words_in(data)
            found = _words(world, said)
            wrong += [f"{what} of {name}: {word}" for word in found if name not in world.canaries[word]]
            met |= {(what, name, word) for word in found}
    assert "\n".join(wrong) == ""
    for what, least in {"portfolio": 30, "printed": 30, "everything": 80}.items():
        assert len({word for one, _, word in met if one == what}) >= least, what
    given = {word for what, who, word in met if (what, who) == ("everything", "worker")}
    theirs = {word for word, readers in world.canaries.items() if "worker" in readers}
    left = {word for word in theirs - given if not word.startswith(tuple(NOT_GIVEN))}
    assert "\n".join(sorted(left)) == ""


# Pages that fail ----------------------------------------------------------------------------------------------


class Broken(Exception):
    """Quotes all that a page would have shown."""


def test_a_page_that_fails_says_nothing_of_what_it_was_about(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, depth, quoted = Template.render, [0], set()

    def render(self: Template, context: Any) -> Any:
        depth[0] += 1
        try:
            said = real(self, context)
        finally:
            depth[0] -= 1
        if depth[0] == 0 and self.name and not re.match(r"[45]\d\d\.html", self.name):
            quoted.update(_words(world, said))
            raise Broken(said)
        return said

    clients, table = matrix.clients(world), matrix.table("access_matrix.txt")
    monkeypatch.setattr(Template, "render", render)
    wrong = []
    with matrix.listening() as log:
        for url_name, targets in world.targets.items():
            for label, kwargs in targets.items():
                for name in ("worker", "supervisor"):
                    if table[url_name, label, "GET"][name] != "ok":
                        continue
                    response, _ = matrix.ask(clients[name], "GET", reverse(url_name, kwargs=kwargs))
                    if response.status_code >= 500 and _words(world, matrix.text(response)):
                        wrong.append(f"{url_name} {label}")
    assert "\n".join(wrong) == ""
    assert [line for line in log.lines if _words(world, line)] == []
    assert sum("Broken" in line for line in log.lines) > 100
    assert len(quoted) > 100, "these pages would have shown many words"


def test_no_log_keeps_an_address_that_lets_its_holder_in() -> None:
    """Neither what this software logs nor what the proxy in deploy/ does."""
    proxy = (ROOT / "deploy/nginx.conf").read_text()
    patterns = [re.compile(found) for found in re.findall(r"~(\^/\S+) 0;", proxy)]
    secrets = {"token": "s3cret-t0ken", "secret": "s3cret-t0ken", "key": "s3cret-t0ken", "uidb36": "1"}
    addresses = []
    for name, pattern in matrix.addresses().items():
        asked = pattern.pattern.converters.keys() | set(pattern.pattern.regex.groupindex)
        if asked & {"token", "secret"} or name == "account_reset_password_from_key":
            addresses.append(reverse(name, kwargs={one: secrets[one] for one in asked}))
    assert len(addresses) >= 6
    for address in addresses:
        assert any(pattern.search(address) for pattern in patterns), f"the proxy logs {address}"
        with matrix.listening() as log:
            logging.getLogger("django.request").warning("Not Found: %s", address)
        assert "s3cret-t0ken" not in log.lines[0]


# Looking for something ----------------------------------------------------------------------------------------

FINDING = ("sessions", "notes")


def test_looking_for_something_finds_only_what_one_may_read(world: World) -> None:
    met, wrong = set(), []
    for name, client in matrix.clients(world).items():
        if world.people[name] is None:
            continue
        for where in FINDING:
            said = client.post(reverse(f"{where}:find"), {"words": "canary-", "kind": ""}, follow=True)
            wrong += matrix.leaks(world, name, said, f"looking for canary- in {where}")
            met |= {(name, where, word) for word in _words(world, matrix.text(said))}
    assert "\n".join(wrong) == ""
    assert {where for _, where, _ in met} == {*FINDING}
    assert {name for name, _, _ in met} >= {"worker", "supervisor"}


def test_a_word_that_one_may_not_read_is_as_unknown_as_any_other(world: World) -> None:
    """No count, no other sentence: as if nobody had ever written it."""
    for name in ("supervisor", "manager", "administrator", "other_worker"):
        client = matrix.clients(world)[name]
        for where in FINDING:
            hidden = [word for word, readers in world.canaries.items() if name not in readers]
            asked = [*random.Random(5).sample(hidden, 12), "canary-nobody-7f3a"]
            pages = set()
            for word in asked:
                said = client.post(reverse(f"{where}:find"), {"words": word, "kind": ""}, follow=True)
                pages.add(re.sub(r'csrf\w*" value="\w+"', "", matrix.text(said).replace(word, "")))
            assert len(pages) == 1, f"{where} as {name}"


# Calendars ----------------------------------------------------------------------------------------------------


def test_no_calendar_says_a_word(world: World, client: Any) -> None:
    events = 0
    for person in world.people.values():
        if person is None:
            continue
        CalendarFeed.objects.filter(person=person).delete()
        said = client.get(
            reverse("calendar:feed", kwargs={"secret": people.make_calendar_feed(by=person, version=0)})
        ).content.decode()
        events += said.count("BEGIN:VEVENT")
        assert "canary" not in said.replace("\r\n ", "")
    assert events > 3
