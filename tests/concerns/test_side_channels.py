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
from supervision.people.models import User
from tests.architecture import matrix

from . import makers

pytestmark = pytest.mark.django_db

CHANGES = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]+"|nonce="[^"]+"|nonce-[\w=/+-]+'
    r"|[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|[0-9a-f]{32}|\d+:\d\d [ap]m"
)


def watchers(cast: Any, lina: User) -> dict[str, User]:
    return {
        "line manager": lina,
        "manager": cast.manager,
        "administrator": cast.administrator,
        "other supervisor": cast.other_supervisor,
        "outsider": cast.outsider,
    }


def addresses(cast: Any) -> list[str]:
    """Every page that needs nothing in its address, and those of the pair."""
    found = []
    about: dict[str, list[uuid.UUID]] = {
        "pk": [cast.arrangement.pk, cast.worker.pk, cast.supervisor.pk, cast.program.pk],
        "arrangement_id": [cast.arrangement.pk],
        "person_id": [cast.worker.pk],
    }
    for name, pattern in matrix.addresses().items():
        wanted = set(pattern.pattern.converters)
        if name.startswith(("account_", "mfa_", "usersessions")):
            continue  # signing in
        if not wanted:
            found.append(reverse(name))
        elif wanted <= about.keys():
            for pk in about["pk"] if "pk" in wanted else [None]:
                given = {key: pk if key == "pk" else about[key][0] for key in wanted}
                found.append(reverse(name, kwargs=given))
    return sorted(found)


def everything(cast: Any, people: dict[str, User]) -> dict[tuple[str, str], tuple[int, str, int]]:
    """What each of them gets from every address: status, the page without what differs each time, and how many questions to the
    database it took."""
    seen = {}
    for name, person in people.items():
        client = Client(raise_request_exception=False)
        client.force_login(person)
        for address in addresses(cast):
            response, statements = matrix.ask(client, "GET", address)
            page = CHANGES.sub("", matrix.text(response))
            seen[name, address] = (response.status_code, page, len(statements))
    return seen


@pytest.mark.parametrize("step", ["told", "told_again"])
def test_no_page_differs_for_whoever_is_not_told(cast: Any, lina: User, step: str) -> None:
    people = watchers(cast, lina)
    everything(cast, people)  # whatever a first look makes is made
    before = everything(cast, people)
    getattr(makers, step)(cast)
    after = everything(cast, people)
    different = [
        f"{name} at {address}: {before[name, address][0::2]} then {after[name, address][0::2]}"
        for name, address in before
        if before[name, address] != after[name, address]
    ]
    assert different == []
    assert len(before) > 300


def test_the_check_can_fail(cast: Any, lina: User) -> None:
    """Once it is shared, exactly whoever receives it sees something else."""
    people = watchers(cast, lina)
    everything(cast, people)
    before = everything(cast, people)
    makers.shared(cast, lina)
    after = everything(cast, people)
    different = {name for name, address in before if before[name, address] != after[name, address]}
    assert different == {"line manager"}


@pytest.mark.parametrize("name", ["line manager", "manager", "administrator", "outsider"])
def test_its_address_answers_as_one_that_never_was(cast: Any, lina: User, name: str) -> None:
    concern = makers.told_again(cast)
    client = Client(raise_request_exception=False)
    client.force_login(watchers(cast, lina)[name])
    for url in ("detail", "tell", "share", "withdraw", "statement", "answer", "confirm", "decline"):
        for method in ("GET",) if url == "detail" else ("GET", "POST"):
            there, asked = matrix.ask(client, method, reverse(f"concerns:{url}", args=[concern.pk]))
            nothing, asked_of_nothing = matrix.ask(
                client, method, reverse(f"concerns:{url}", args=[uuid.uuid4()])
            )
            assert there.status_code == nothing.status_code == 404
            assert CHANGES.sub("", matrix.text(there)) == CHANGES.sub("", matrix.text(nothing))
            assert len(asked) == len(asked_of_nothing)


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
    everything(cast, people)
    before = everything(cast, people)
    makers.letter(cast)
    after = everything(cast, people)
    assert [key for key in before if before[key] != after[key]] == []
