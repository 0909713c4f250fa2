"""Whoever is not told cannot find out that an unshared concern exists: not from a page, a count, the work that a page makes, an
address, a report, an export, a mail, or the log of what managers may see."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from supervision.concerns.raising import operations
from supervision.people.models import Standing, User
from tests import factories
from tests.architecture import matrix

from . import makers

pytestmark = pytest.mark.django_db

CHANGES = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]+"|nonce="[^"]+"|nonce-[\w=/+-]+'
    r"|[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|[0-9a-f]{32}|\d+:\d\d [ap]m"
)


def watchers(cast: Any, lina: User) -> dict[str, User]:
    """Also whom the agreement names, for when the line manager cannot be the one, and for when supervision is not working."""
    named = User.objects.filter(name="Noor Named").first() or factories.person("Noor Named")
    Standing.objects.filter(arrangement=cast.arrangement).update(hears_instead=named, turn_to=named)
    return {
        "line manager": lina,
        "named": named,
        "manager": cast.manager,
        "administrator": cast.administrator,
    }


def addresses(cast: Any) -> list[str]:
    """Every page that needs nothing in its address, and those about the pair and their program."""
    found = [
        reverse(name)
        for name, pattern in matrix.addresses().items()
        if not pattern.pattern.regex.groupindex and not name.startswith(("account_", "mfa_", "usersessions"))
    ]
    about = {
        cast.worker: "people:detail overview:worker hours:person performance:person training:of",
        cast.supervisor: "people:detail overview:worker",
        cast.arrangement: "people:arrangement concerns:begin",
        cast.program: "people:program",
    }
    pages = [(name, row.pk) for row, names in about.items() for name in names.split()]
    return sorted({*found, *(reverse(name, args=[pk]) for name, pk in pages)})


def signed_in(person: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person)
    return client


def open_to(cast: Any, people: dict[str, User]) -> list[tuple[str, str]]:
    """The pages that each of them is shown. Looked at once, so that whatever a first look makes is made."""
    clients = {name: signed_in(person) for name, person in people.items()}
    return [
        (name, address)
        for address in addresses(cast)
        for name, client in clients.items()
        if matrix.ask(client, "GET", address)[0].status_code == 200
    ]


def everything(
    pages: list[tuple[str, str]], people: dict[str, User]
) -> dict[tuple[str, str], tuple[Any, ...]]:
    """What each of these says: status, the page without what differs each time, and how many questions to the database it took."""
    clients, seen = {name: signed_in(person) for name, person in people.items()}, {}
    for name, address in pages:
        response, done = matrix.ask(clients[name], "GET", address)
        page = CHANGES.sub("", matrix.text(response))
        seen[name, address] = (response.status_code, page, len(done.statements))
    return seen


def test_no_page_differs_until_it_is_shared_and_then_only_for_whoever_receives_it(
    cast: Any, lina: User
) -> None:
    people = watchers(cast, lina)
    pages = open_to(cast, people)
    before = everything(pages, people)
    concern = makers.told_again(cast)
    after = everything(pages, people)
    different = [
        f"{name} at {address}: {before[name, address][0::2]} then {after[name, address][0::2]}"
        for name, address in pages
        if before[name, address] != after[name, address]
    ]
    assert different == []
    assert len(pages) > 100
    operations.share(
        concern,
        by=cast.supervisor,
        receiver=lina,
        text=makers.SHARED,
        version=makers.fresh(concern).version,
    )
    shared = everything(pages, people)  # the check can fail
    assert {name for name, address in pages if shared[name, address] != after[name, address]} == {
        "line manager"
    }


@pytest.mark.parametrize("name", ["line manager", "named", "manager", "administrator"])
def test_its_address_answers_as_one_that_never_was(cast: Any, lina: User, name: str) -> None:
    concern = makers.told_again(cast)
    client = signed_in(watchers(cast, lina)[name])
    for url in ("detail", "tell", "share", "withdraw", "statement", "answer", "confirm", "decline"):
        for method in ("GET",) if url == "detail" else ("GET", "POST"):
            there, asked = matrix.ask(client, method, reverse(f"concerns:{url}", args=[concern.pk]))
            nothing, asked_of_nothing = matrix.ask(
                client, method, reverse(f"concerns:{url}", args=[uuid.uuid4()])
            )
            assert there.status_code == nothing.status_code == 404
            assert CHANGES.sub("", matrix.text(there)) == CHANGES.sub("", matrix.text(nothing))
            assert len(asked.statements) == len(asked_of_nothing.statements)


def test_no_job_and_no_mail_names_it_or_goes_to_anybody_but_the_worker(cast: Any, lina: User) -> None:
    concern = makers.told_again(cast)
    operations.add_statement(concern, by=cast.worker, text="It was not so.", for_receiver=True)
    jobs = [str(job.args_kwargs) for job in DBTaskResult.objects.all()]
    assert jobs
    for said in jobs:
        assert str(concern.pk) not in said
        assert "concern" not in said
        assert str(cast.worker.pk) in said
        for person in (lina, cast.manager, cast.administrator):
            assert str(person.pk) not in said
    assert all(message.to == [cast.worker.email] for message in mail.outbox)


def test_a_letter_is_unknown_to_whoever_supervises(cast: Any, lina: User) -> None:
    people = {"supervisor": cast.supervisor, "administrator": cast.administrator, "line manager": lina}
    pages = open_to(cast, people)
    before = everything(pages, people)
    makers.letter(cast)
    after = everything(pages, people)
    assert [key for key in pages if before[key] != after[key]] == []
