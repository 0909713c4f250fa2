"""Two people at the same instant, with real threads: what is sent is what both of them read."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from supervision.notices.models import Suggestion
from supervision.sessions.matters import operations
from supervision.sessions.matters.models import Matter, MatterReply

from . import makers
from . import matter_makers as make
from .test_race import at_once, chain_holds

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROUNDS = 4


def test_agreeing_against_other_words_or_leaving_it_never_sends_what_was_not_read(cast: Any) -> None:
    for number in range(ROUNDS):
        made = make.proposed(cast)
        version = made.version
        other = make.words(cast, text="Other words")
        results = at_once(
            lambda made=made, version=version: operations.agree(made, by=cast.supervisor, version=version),
            lambda made=made, version=version, other=other: operations.change(
                made, by=cast.worker, words=other, version=version
            ),
            *([lambda made=made: operations.withdraw(made, by=cast.worker)] if number % 2 else []),
        )
        after = makers.fresh(made)
        assert any(isinstance(one, Matter) for one in results), "somebody came first"
        assert (after.state == "sent") == isinstance(results[0], Matter)
        assert after.state != "sent" or after.text == make.TEXT
    assert chain_holds()


def test_an_answer_sent_three_times_is_one_answer(cast: Any) -> None:
    for _round in range(ROUNDS):
        made, key = make.sent(cast), uuid.uuid4()

        def answer(made: Matter = made, key: uuid.UUID = key) -> Any:
            return operations.reply(made, by=cast.manager, kind="will", text=make.ANSWER, key=key)

        results = at_once(answer, answer, answer)
        assert sum(isinstance(one, MatterReply) for one in results) == 1
        assert made.replies.count() == 1
        assert Suggestion.objects.filter(source_id=key).count() == 1
    assert chain_holds()
