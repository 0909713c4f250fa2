"""What an agreement says: the template as data, the sentences made from terms, the content that is signed."""

from __future__ import annotations

import datetime
import json
import re

import pytest

from agreements import content, operations, standard, wording
from agreements.models import Agreement
from supervision.people.limits import LIMITS
from supervision.records import glyphs, snapshot
from supervision.records.models import Offer
from tests import factories
from tests.agreements import helpers
from tests.cast import Cast


def test_the_template_has_twelve_parts_each_with_guidance_and_sources() -> None:
    template = standard.default()
    assert len(template.parts) == 12
    assert template.label == "standard, edition 1"
    assert all(part.title and part.guidance for part in template.parts)
    assert all(re.search(r"\b[A-E] (\d|,|informative)|B, table", part.sources) for part in template.parts)


def test_the_template_can_be_printed_and_fits(cast: Cast) -> None:
    for part in standard.default().parts:
        assert glyphs.uncovered(part.text) == []
        assert len(part.text) < operations.CLAUSE_LIMIT / 2


def test_no_wording_of_the_template_names_a_number_that_the_terms_say() -> None:
    # A length, a rhythm or a number of days in free words could contradict the terms later.
    for part in standard.default().parts:
        assert not re.search(r"\d", part.text), part.key


def test_every_part_with_terms_says_them(cast: Cast) -> None:
    agreement = operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    agreement.turn_to = agreement.hears_instead = cast.manager
    people = content.people(content.rows_of(agreement))
    for key in wording.TERMS_OF:
        assert any(wording.set_sentences(key, agreement, people)), key


def test_the_record_keeping_part_says_what_managers_can_read() -> None:
    part = standard.default().part("records")
    assert part is not None
    assert "managers of our program can read this agreement once it is signed" in part.text
    assert "They cannot read what was said" in part.text


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (7, "every week"),
        (14, "every 2 weeks"),
        (28, "every 4 weeks"),
        (10, "every 10 days"),
        (1, "every day"),
    ],
)
def test_a_rhythm_is_said_in_weeks_where_it_can_be(days: int, said: str) -> None:
    assert wording.rhythm(days) == said


def test_only_an_hour_a_week_needs_no_reason() -> None:
    assert not wording.needs_cadence_reason(60, 7)
    assert wording.needs_cadence_reason(120, 14)
    assert wording.needs_cadence_reason(45, 7)


def test_own_words_become_paragraphs_and_lists() -> None:
    text = "First line\nsecond line\n\nWe will:\n- one\n- two\n\n- three\n\n\nLast - not a list"
    assert wording.own(text) == [
        {"kind": "own", "text": "First line\nsecond line"},
        {"kind": "own", "text": "We will:"},
        {"kind": "list", "items": ["one", "two"]},
        {"kind": "list", "items": ["three"]},
        {"kind": "own", "text": "Last - not a list"},
    ]
    assert wording.own("  \n ") == []


def test_blanks_are_only_those_of_the_template() -> None:
    assert standard.blanks_left(
        standard.default(), "place", "In [place], see [1] and [day of the week]."
    ) == [
        "[day of the week]",
        "[place]",
    ]
    assert standard.blanks_left(standard.default(), "an agency's own part", "[place]") == []


def test_names_are_put_in_once_even_when_a_name_looks_like_a_placeholder() -> None:
    said = standard.filled("{workers} and {supervisors}", workers="{supervisors}", supervisors="Dana")
    assert said == "{supervisors} and Dana"


# The five limits ------------------------------------------------------------------------------------------------


def test_the_five_limits_stand_in_the_offer_whatever_people_write(cast: Cast) -> None:
    agreement = operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    helpers.change(agreement, "privacy", "Nothing leaves this room.", by=cast.worker)
    helpers.settle(agreement, cast.supervisor)
    operations.offer(agreement=agreement, version=agreement.version, by=cast.supervisor)
    made = snapshot.read(Offer.objects.get().content)
    part = next(clause for clause in made["clauses"] if clause["key"] == "privacy")
    items = next(block["items"] for block in part["paragraphs"] if block["kind"] == "list")
    assert items == [str(text) for _, text in LIMITS]
    assert [entry["key"] for entry in made["limits"]] == ["conduct", "ethics", "care", "safety", "law"]
    said = json.dumps(part)
    assert "there are 3 working days for Marisol" in said
    assert "Dana will speak with Marisol first" in said
    assert "emergency call" in said


def test_the_names_of_both_supervisors_are_said_together(cast: Cast) -> None:
    noor = factories.person("Noor Haddad")
    pair = factories.arrangement(
        cast.program, [cast.supervisor, noor], [cast.worker], structure="co_supervision"
    )
    agreement = operations.draft(arrangement=pair, by=noor)
    assert "Dana and Noor will speak with Marisol first" in helpers.said_in(agreement)


def test_in_supervision_of_supervision_the_parts_are_called_so(cast: Cast) -> None:
    above = factories.person("Ilse Brandt")
    pair = factories.arrangement(cast.program, [above], [cast.supervisor], structure="of_supervision")
    agreement = operations.draft(arrangement=pair, by=above)
    assert "Dana Whitfield (supervisee) and Ilse Brandt (supervisor)" in helpers.said_in(agreement)


# The content ----------------------------------------------------------------------------------------------------


def test_a_draft_shows_exactly_what_would_be_offered(cast: Cast) -> None:
    agreement = helpers.complete_draft(cast.arrangement, cast.supervisor)
    live = content.build(content.rows_of(agreement))
    operations.offer(agreement=agreement, version=agreement.version, by=cast.supervisor)
    made = snapshot.read(Offer.objects.get().content)
    made.pop("nonce")
    assert made == json.loads(json.dumps(live))


def test_two_offers_of_the_same_words_have_different_digests(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    operations.take_back(agreement=agreement, reason="Once more.", by=cast.supervisor)
    agreement.refresh_from_db()
    operations.offer(agreement=agreement, version=agreement.version, by=cast.supervisor)
    first, second = Offer.objects.order_by("number")
    assert first.digest != second.digest


def test_a_reference_is_short_and_tells_nothing_about_how_many_there_are(cast: Cast) -> None:
    agreements = [
        operations.draft(arrangement=cast.arrangement, by=cast.supervisor),
        operations.draft(arrangement=cast.other_arrangement, by=cast.other_supervisor),
    ]
    found = {content.reference(one.pk) for one in agreements}
    assert len(found) == 2
    assert all(re.fullmatch(r"[A-Z2-7]{4}-[A-Z2-7]{4}", one) for one in found)


def test_in_force_from_is_the_later_of_the_day_agreed_and_the_last_signature() -> None:
    signed = datetime.datetime(2026, 11, 24, 15, 0, tzinfo=datetime.UTC)
    early = Agreement(starts_on=datetime.date(2026, 11, 10), sealed_at=signed)
    late = Agreement(starts_on=datetime.date(2026, 12, 1), sealed_at=signed)
    assert early.in_force_from == datetime.date(2026, 11, 24)
    assert late.in_force_from == datetime.date(2026, 12, 1)
    assert Agreement(starts_on=datetime.date(2026, 12, 1)).in_force_from is None
