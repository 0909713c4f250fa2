"""Who could answer a self-assessment, and when: whoever leaves or has not come yet makes no later result tell of the others."""

from __future__ import annotations

import datetime
import itertools
import uuid
from collections.abc import Iterable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from competencies.programs import results
from competencies.programs.results import People
from supervision.people.models import User
from supervision.records import verify
from tests.overview.builders import signed_in

from . import program_makers as make

pytestmark = pytest.mark.django_db
NAMES = [uuid.UUID(int=n + 1) for n in range(10)]


def people(letters: str) -> People:
    return frozenset(NAMES["abcdefghij".index(letter)] for letter in letters)


def close_account(person: User) -> None:
    person.is_active = False
    person.save()


def test_a_result_that_was_shown_stays_one_to_compare_with_when_somebody_leaves_later(cast: Any) -> None:
    """Four answered and it showed. One leaves; then the three others answer: what changed would be what the one said."""
    crew = make.crew(cast, workers=4)
    first = make.finished(cast, dict.fromkeys(crew, 2), days_ago=200)
    assert "workers" in first.result.content["groups"]
    close_account(crew[3])
    second = make.finished(cast, dict.fromkeys(crew[:3], 2), days_ago=10)
    assert "workers" not in second.result.content["groups"]


def test_so_it_does_when_a_place_in_the_program_ends(cast: Any) -> None:
    crew = make.crew(cast, workers=4)
    make.finished(cast, dict.fromkeys(crew, 2), days_ago=200)
    crew[3].places.update(until=timezone.localdate() - datetime.timedelta(days=1))
    second = make.finished(cast, dict.fromkeys(crew[:3], 2), days_ago=10)
    assert "workers" not in second.result.content["groups"]


def test_who_could_not_answer_then_is_not_counted_among_those_who_could(cast: Any) -> None:
    """Five were asked, one left before they answered, and three of the others did. Asked alone later, these three would show that
    the fourth had not answered."""
    crew = make.crew(cast, workers=5)
    first = make.opened(cast)
    for person in crew[:3]:
        make.says(first, person, 2)
    close_account(crew[4])
    first = make.close(first, days_ago=200)
    assert "workers" in make.result_of(first).content["groups"]
    crew[3].places.update(until=timezone.localdate() - datetime.timedelta(days=1))
    second = make.finished(cast, dict.fromkeys(crew[:3], 2), days_ago=10)
    assert "workers" not in second.result.content["groups"]


def test_who_has_not_taken_up_their_invitation_is_not_asked(cast: Any) -> None:
    """Whoever cannot sign in is known not to have answered: three of four answering would be known by a result."""
    crew = make.crew(cast, workers=4)
    crew[3].set_unusable_password()
    crew[3].save()
    page = signed_in(cast.manager).get(reverse("program_assessment:open", args=[cast.program.pk]))
    assert crew[2].name in page.content.decode()
    assert crew[3].name not in page.content.decode()
    found = make.opened(cast)
    asked = set(found.asked.values_list("person", flat=True))
    assert {person.pk for person in crew[:3]} <= asked
    assert crew[3].pk not in asked


def test_who_could_answer_is_kept_at_one_length_and_shows_nowhere(cast: Any) -> None:
    crew = make.crew(cast, workers=5)
    first = make.opened(cast)
    close_account(crew[4])
    first = make.close(first)
    result = make.result_of(first)
    everybody = first.asked.count()
    assert (len(result.able), result.able.count("1")) == (everybody, everybody - 1)
    page = signed_in(cast.manager).get(reverse("program_assessment:detail", args=[first.pk]))
    assert page.status_code == 200
    assert result.able not in page.content.decode()
    assert verify.run() == []


# By going through every case -----------------------------------------------------------------------------------------


def test_each_earlier_result_is_asked_of_those_who_could_answer() -> None:
    """Three, then ten, then the three with two more of whom one has left: this result would say that the other did not answer."""
    three, ten = people("abc"), people("abcdefghij")
    assert results.tells(people("abcd"), people("abcd"), [three, ten])
    assert results.tells(people("abcde"), people("abcd"), [three, ten])
    assert not results.tells(people("abcde"), people("abcde"), [ten])


def _ways(able: People) -> Iterable[People]:
    """Who may have answered, so that it shows."""
    for size in range(results.FEWEST, len(able) + 1):
        yield from map(frozenset, itertools.combinations(sorted(able), size))


def _is_told(able: People, before: People) -> bool:
    """Whether both showing tells of anybody in either; four or more could answer there. Found by trying everything."""
    both = [(then, now) for then in _ways(before) for now in _ways(able) if len(then ^ now) not in (1, 2)]
    return not both or any(
        len({person in each[place] for each in both}) < 2
        for place, there in enumerate((before, able))
        for person in there
        if len(there) > results.FEWEST
    )


@pytest.mark.parametrize("left", [0, 1, 2])
@pytest.mark.parametrize("before", ["abc", "abcd", "abcde"])
def test_of_two_results_that_show_nobody_is_told_of_whoever_has_left_meanwhile(
    before: str, left: int
) -> None:
    shows = 0
    for size in (3, 4, 5):
        for asked in itertools.combinations("abcdefg", size):
            for gone in itertools.combinations(asked, left):
                able = people("".join(set(asked) - set(gone)))
                if not results.tells(people("".join(asked)), able, [people(before)]):
                    shows += 1
                    assert not _is_told(able, people(before)), (asked, gone)
    assert shows or left == 2  # of five of whom two have left nothing shows
