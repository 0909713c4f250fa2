"""Fills a real SQLite installation with a sealed record, one that waits, and a draft. A test moves it to PostgreSQL."""

from __future__ import annotations

import django

django.setup()

from django.db import transaction  # noqa: E402

from supervision.jobs import enqueue  # noqa: E402
from tests import cast, factories  # noqa: E402
from tests.records import helpers  # noqa: E402

with transaction.atomic():
    people = cast.cast.__wrapped__(None)
    sealed = helpers.offered(people, text="The sealed words 🪴")
    helpers.sign(sealed, people.supervisor)
    helpers.sign(sealed, people.worker)
    helpers.sign(helpers.offered(people, text="The waiting words"), people.supervisor)
    helpers.agreement(people, text="The words of a draft")
    enqueue("supervision.jobs.tasks.run_daily", name="supervision.jobs.tasks.tidy")
    factories.person("Zoë 李")
