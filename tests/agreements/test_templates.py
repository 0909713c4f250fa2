"""The agency's templates: what administrators do with them, what the pages show, and that published editions never change."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agreements import standard, template_choice, template_file, template_rules
from agreements.models import Agreement, AgreementTemplate, TemplateEdition
from agreements.operations import templates as operations
from supervision.people.models import User
from supervision.records import verify
from supervision.records.errors import Denied, Invalid, Sealed, Stale, WrongState
from supervision.records.models import AuditEvent
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db

LIST, DETAIL, FORM = 8, 12, 10
LONG = "x" * 300_000
PART = {"title": "Learning", "text": "We learn.", "required": True, "guidance": ["Ask."], "sources": "B 3"}


# Steps -------------------------------------------------------------------------------------------------------------


def started(cast: Cast, name: str = "Warm line") -> AgreementTemplate:
    return operations.start_template(name=name, by=cast.administrator)


def fresh(template: AgreementTemplate) -> AgreementTemplate:
    return AgreementTemplate.objects.get(pk=template.pk)


def do(operation: Callable[..., Any], template: AgreementTemplate, cast: Cast, **given: Any) -> Any:
    """One operation by the administrator, who has just looked at the template."""
    return operation(template=template, version=fresh(template).version, by=cast.administrator, **given)


def published(cast: Cast, name: str = "Warm line") -> AgreementTemplate:
    template = started(cast, name)
    do(operations.publish, template, cast)
    return fresh(template)


def body_of(template: AgreementTemplate) -> dict[str, Any]:
    """The edition being prepared, as it is stored now."""
    body = fresh(template).body
    assert body is not None
    return body


def part_of(template: AgreementTemplate, key: str) -> dict[str, Any]:
    return next(part for part in body_of(template)["parts"] if part["key"] == key)


def keys(template: AgreementTemplate) -> list[str]:
    return [part["key"] for part in body_of(template)["parts"]]


def hidden(name: str, page: str) -> str:
    """The value of a hidden field on a page."""
    return re.findall(rf'name="{name}" value="([^"]+)"', page)[0]


def with_part(cast: Cast) -> AgreementTemplate:
    template = started(cast)
    do(operations.add_part, template, cast, **PART)
    return fresh(template)


def agreement_from(edition: TemplateEdition, cast: Cast) -> Agreement:
    """A version that was started from an edition; as a plain row."""
    made = Agreement(
        arrangement=cast.arrangement, edition=edition, template_name=edition.name, started_by=cast.supervisor
    )
    made.save()
    return made


# A template as a whole ---------------------------------------------------------------------------------------------


def test_a_template_begins_as_the_standard_one(cast: Cast) -> None:
    template = started(cast)
    assert template.body == template_rules.body_of(standard.default())
    assert template_choice.choices() == []


def test_a_template_begins_as_another_one(cast: Cast) -> None:
    first = with_part(cast)
    edition = do(operations.publish, first, cast)
    second = operations.start_template(
        name="First year", from_=standard.of_edition(edition), by=cast.administrator
    )
    assert second.body == edition.body
    assert "learning" in keys(second)


@pytest.mark.parametrize("name", ["", "  ", "x" * 46, "two\nlines", "\ue000", "warm LINE"])
def test_a_name_that_cant_be_taken_is_refused(cast: Cast, name: str) -> None:
    started(cast)
    with pytest.raises(Invalid) as refused:
        operations.start_template(name=name, by=cast.administrator)
    assert refused.value.field == "name"


def test_the_longest_name_fits_where_an_agreement_keeps_it(cast: Cast) -> None:
    template = standard.of_body(
        "x" * template_rules.NAME_LIMIT, 32767, template_rules.body_of(standard.default())
    )
    assert len(template.label) <= (Agreement._meta.get_field("template_name").max_length or 0)


def test_a_form_sent_twice_starts_one(cast: Cast) -> None:
    key = uuid.uuid4()
    for _ in range(2):
        operations.start_template(name="Warm line", key=key, by=cast.administrator)
    assert AgreementTemplate.objects.count() == 1


def test_a_new_name_is_said_from_the_next_edition_on(cast: Cast) -> None:
    template = published(cast)
    do(operations.rename_template, template, cast, name="Night line")
    assert template_choice.choices()[0].name == "Warm line"
    do(operations.prepare_next, template, cast)
    assert do(operations.publish, template, cast).name == "Night line"


def test_a_retired_template_is_not_chosen_and_can_come_back(cast: Cast) -> None:
    template = published(cast)
    do(operations.retire, template, cast)
    assert template_choice.choices() == []
    with pytest.raises(WrongState):
        do(operations.prepare_next, template, cast)
    do(operations.bring_back, template, cast)
    assert len(template_choice.choices()) == 1


# Editions ----------------------------------------------------------------------------------------------------------


def test_publishing_makes_the_next_edition(cast: Cast) -> None:
    template = with_part(cast)
    edition = do(operations.publish, template, cast)
    assert (edition.number, edition.name, fresh(template).body) == (1, "Warm line", None)
    do(operations.prepare_next, template, cast)
    assert fresh(template).body == edition.body
    do(operations.remove_part, template, cast, key="learning")
    assert do(operations.publish, template, cast).number == 2
    assert [one.number for one in template_choice.choices()] == [2]
    assert "learning" in [part["key"] for part in TemplateEdition.objects.get(number=1).body["parts"]]


def test_two_presses_of_publish_make_one_edition(cast: Cast) -> None:
    template = started(cast)
    made = [
        operations.publish(template=template, version=template.version, by=cast.administrator)
        for _ in range(2)
    ]
    assert made[0].pk == made[1].pk
    assert TemplateEdition.objects.count() == 1


def test_what_is_unsound_is_not_published(cast: Cast) -> None:
    template = started(cast)
    body = body_of(template)
    body["parts"][1]["title"] = ""
    AgreementTemplate.objects.filter(pk=template.pk).update(body=body)
    with pytest.raises(Invalid, match="Part 2, “place”: Give the part a title"):
        do(operations.publish, template, cast)
    assert not TemplateEdition.objects.exists()


def test_an_edition_like_the_one_before_is_not_published(cast: Cast) -> None:
    template = published(cast)
    do(operations.prepare_next, template, cast)
    with pytest.raises(WrongState, match="just as edition 1"):
        do(operations.publish, template, cast)


def test_discarding_goes_back_to_the_newest_edition(cast: Cast) -> None:
    template = published(cast)
    do(operations.prepare_next, template, cast)
    assert do(operations.discard_preparation, template, cast).body is None
    assert len(template_choice.choices()) == 1


def test_a_template_that_was_never_published_is_discarded_as_a_whole(cast: Cast) -> None:
    template = started(cast)
    for _ in range(2):
        left = operations.discard_preparation(
            template=template, version=template.version, by=cast.administrator
        )
        assert left is None
    assert not AgreementTemplate.objects.exists()
    with pytest.raises(Stale):
        operations.publish(template=template, version=template.version, by=cast.administrator)


def test_a_published_edition_never_changes(cast: Cast) -> None:
    published(cast)
    edition = TemplateEdition.objects.get()
    edition.name = "Other"
    with pytest.raises(Sealed):
        edition.save()
    with pytest.raises(Sealed):
        edition.delete()
    table = TemplateEdition._meta.db_table
    for statement in (f"UPDATE {table} SET name = 'Other'", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(DatabaseError), transaction.atomic():
        TemplateEdition.objects.update(name="Other")
    assert TemplateEdition.objects.get().name == "Warm line"


# Parts -------------------------------------------------------------------------------------------------------------


def test_a_part_of_its_own_stands_before_the_signatures(cast: Cast) -> None:
    template = with_part(cast)
    assert keys(template)[-2:] == ["learning", "signatures"]
    assert part_of(template, "learning") == {"key": "learning", **PART}


def test_a_part_is_changed(cast: Cast) -> None:
    template = started(cast)
    do(operations.change_part, template, cast, key="place", **PART)
    assert part_of(template, "place") == {"key": "place", **PART}


def test_a_part_that_needs_words_stays_required(cast: Cast) -> None:
    template = started(cast)
    do(operations.change_part, template, cast, key="privacy", **PART | {"required": False})
    assert part_of(template, "privacy")["required"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "For {workers}"}, "title"),
        ({"text": "Dear {worker}"}, "text"),
        ({"text": "\ue000"}, "text"),
        ({"text": "x" * 8001}, "text"),
        ({"guidance": ["x"] * 11}, "guidance"),
        ({"sources": "x" * 201}, "sources"),
    ],
)
def test_words_that_cant_be_kept_are_refused(cast: Cast, given: dict[str, Any], field: str) -> None:
    template = started(cast)
    for operation, more in ((operations.change_part, {"key": "place"}), (operations.add_part, {})):
        with pytest.raises(Invalid) as refused:
            do(operation, template, cast, **PART | given | more)
        assert refused.value.field == field
    assert fresh(template).version == template.version


def test_something_wrong_elsewhere_does_not_stop_a_change(cast: Cast) -> None:
    template = started(cast)
    body = body_of(template)
    body["parts"][1]["title"] = ""
    AgreementTemplate.objects.filter(pk=template.pk).update(body=body)
    do(operations.change_part, template, cast, key="purpose", **PART)
    assert part_of(template, "purpose")["title"] == "Learning"


def test_parts_are_moved_between_the_first_and_the_last(cast: Cast) -> None:
    template = with_part(cast)
    do(operations.move_part, template, cast, key="learning", to=1)
    assert keys(template)[:3] == ["parties", "learning", "place"]
    for key, to in (("learning", 0), ("learning", 12), ("parties", 3), ("signatures", 3), ("place", -1)):
        with pytest.raises(Invalid):
            do(operations.move_part, template, cast, key=key, to=to)


def test_the_twelve_parts_cant_be_removed(cast: Cast) -> None:
    template = started(cast)
    for key in standard.required_keys():
        with pytest.raises(WrongState):
            do(operations.remove_part, template, cast, key=key)
    assert len(keys(template)) == 12


def test_room_for_thirty_parts(cast: Cast) -> None:
    template = started(cast)
    for _ in range(18):
        do(operations.add_part, template, cast, **PART)
    with pytest.raises(Invalid, match="room for 30"):
        do(operations.add_part, template, cast, **PART)
    assert len(set(keys(template))) == 30


def test_words_are_added_to_the_limits(cast: Cast) -> None:
    template = started(cast)
    do(operations.change_limits, template, cast, words={"law": " Ask the county. ", "care": ""})
    assert body_of(template)["limits"] == {"law": "Ask the county."}
    with pytest.raises(Invalid) as refused:
        do(operations.change_limits, template, cast, words={"law": "x" * 601})
    assert refused.value.field == "law"


def test_a_file_takes_the_place_of_what_is_prepared(cast: Cast) -> None:
    template = published(cast)
    body = with_part(cast_with_name(cast)).body
    do(operations.replace_body, template, cast, body=body)
    assert fresh(template).body == body
    with pytest.raises(Invalid):
        do(operations.replace_body, template, cast, body={"parts": [], "limits": {}})


def cast_with_name(cast: Cast) -> Cast:
    """Room for another template called “Warm line”."""
    AgreementTemplate.objects.filter(name="Warm line").update(name="Warm line before")
    return cast


# Who, when, and at the same time -----------------------------------------------------------------------------------

CHANGES: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "rename": (operations.rename_template, {"name": "Other"}),
    "retire": (operations.retire, {}),
    "discard": (operations.discard_preparation, {}),
    "publish": (operations.publish, {}),
    "replace": (operations.replace_body, {"body": {"parts": [], "limits": {}}}),
    "change": (operations.change_part, {"key": "place", **PART}),
    "add": (operations.add_part, PART | {"title": "Another"}),
    "move": (operations.move_part, {"key": "learning", "to": 1}),
    "remove": (operations.remove_part, {"key": "learning"}),
    "limits": (operations.change_limits, {"words": {"law": "More."}}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_nothing_that_somebody_changed_meanwhile_is_overwritten(cast: Cast, name: str) -> None:
    template = with_part(cast)
    operation, given = CHANGES[name]
    before = AgreementTemplate.objects.values().get(pk=template.pk)
    with pytest.raises(Stale):
        operation(template=template, version=template.version - 1, by=cast.administrator, **given)
    assert AgreementTemplate.objects.values().get(pk=template.pk) == before


ALL_CHANGES = CHANGES | {
    "prepare": (operations.prepare_next, {}),
    "bring back": (operations.bring_back, {}),
}


@pytest.mark.parametrize("name", ALL_CHANGES)
def test_only_administrators_keep_templates(cast: Cast, name: str) -> None:
    template = with_part(cast)
    operation, given = ALL_CHANGES[name]
    for person in (cast.supervisor, cast.worker, cast.manager, cast.outsider):
        with pytest.raises(Denied):
            operation(template=template, version=template.version, by=person, **given)


def test_only_administrators_start_templates(cast: Cast) -> None:
    for person in (cast.supervisor, cast.worker, cast.manager, cast.outsider):
        with pytest.raises(Denied):
            operations.start_template(name="Other", by=person)


@pytest.mark.parametrize("name", [name for name in CHANGES if name not in ("replace", "publish", "discard")])
def test_pressing_twice_does_it_once(cast: Cast, name: str) -> None:
    template = with_part(cast)
    operation, given = CHANGES[name]
    for _ in range(2):
        operation(template=template, version=template.version, by=cast.administrator, **given)
    assert fresh(template).version == template.version + 1


@pytest.mark.parametrize("name", ["change", "add", "move", "remove", "limits", "publish"])
def test_without_a_prepared_edition_there_is_nothing_to_change(cast: Cast, name: str) -> None:
    template = published(cast)
    operation, given = CHANGES[name]
    with pytest.raises(WrongState):
        do(operation, template, cast, **given)


def test_what_is_done_is_audited_in_numbers_only(cast: Cast) -> None:
    template = with_part(cast)
    do(operations.change_limits, template, cast, words={"law": "Ask the county."})
    do(operations.publish, template, cast)
    links = AuditEvent.objects.filter(record_id=template.pk).order_by("seq")
    assert [link.action for link in links] == [
        "template started",
        "template part added",
        "template limits changed",
        "template edition published",
    ]
    assert links[1].facts == {"position": 12}
    assert links[3].facts == {"number": 1}
    assert links[3].covers_id == str(TemplateEdition.objects.get().pk)
    assert {link.by for link in links} == {cast.administrator.pk}


def test_the_audit_vouches_for_published_editions(cast: Cast) -> None:
    template = with_part(cast)
    do(operations.publish, template, cast)
    assert [problem for problem in verify.run() if not problem.where.startswith("guard ")] == []


# Pages -------------------------------------------------------------------------------------------------------------


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def url(name: str, template: AgreementTemplate, *more: Any) -> str:
    return reverse(f"agreements:{name}", args=[template.pk, *more])


def pages(template: AgreementTemplate) -> dict[str, str]:
    """Every page by its name."""
    own = {name: reverse(f"agreements:{name}") for name in NO_TEMPLATE}
    whole = {name: url(name, template) for name in (*READING, *ASKING, "template_prepare")}
    parts = {
        name: url(name, template, "learning")
        for name in ("template_part", "template_move", "template_remove")
    }
    return own | whole | parts


NO_TEMPLATE = ("templates", "template_new", "template_standard", "template_standard_export")
READING = ("template", "template_preview", "template_export")
ASKING = (
    "template_rename",
    "template_retire",
    "template_bring_back",
    "template_part_add",
    "template_limits",
    "template_publish",
    "template_discard",
    "template_import",
)
NAMES = (
    *NO_TEMPLATE,
    *READING,
    *ASKING,
    "template_prepare",
    "template_part",
    "template_move",
    "template_remove",
)
POST_ONLY = {"template_prepare", "template_move"}
GET_ONLY = {*NO_TEMPLATE, *READING} - {"template_new"}


@pytest.mark.parametrize("name", NAMES)
def test_administrators_open_it_and_nobody_else(cast: Cast, name: str) -> None:
    address = pages(with_part(cast))[name]
    wanted = 405 if name in POST_ONLY else 200
    assert client_of(cast.administrator).get(address).status_code == wanted
    for person in (cast.supervisor, cast.worker, cast.manager, cast.outsider):
        if name not in POST_ONLY:
            assert client_of(person).get(address).status_code == 403
        if name not in GET_ONLY:
            assert client_of(person).post(address, {"version": "1"}).status_code == 403
    assert Client().get(address).status_code == 302


@pytest.mark.parametrize("name", sorted(GET_ONLY))
def test_pages_that_are_only_read_take_nothing(cast: Cast, name: str) -> None:
    assert client_of(cast.administrator).post(pages(with_part(cast))[name]).status_code == 405


@pytest.mark.parametrize("name", [name for name in NAMES if name not in NO_TEMPLATE])
def test_a_template_that_does_not_exist_is_not_found(cast: Cast, name: str) -> None:
    nowhere = AgreementTemplate(name="Nowhere")
    client = client_of(cast.administrator)
    send = client.post if name in POST_ONLY else client.get
    assert send(pages(nowhere)[name]).status_code == 404


def test_a_part_that_does_not_exist_is_not_found(cast: Cast) -> None:
    template, client = started(cast), client_of(cast.administrator)
    for name, key in (
        ("template_part", "gossip"),
        ("template_remove", "gossip"),
        ("template_remove", "privacy"),
    ):
        assert client.get(url(name, template, key)).status_code == 404


def test_from_a_first_name_to_a_published_edition(cast: Cast) -> None:
    """The whole way through the pages: start, add a part, move it, extend a limit, publish."""
    client = client_of(cast.administrator)
    address = reverse("agreements:template_new")
    key = hidden("key", client.get(address).content.decode())
    sent = {"key": key, "name": "Warm line", "start_from": "standard"}
    assert [client.post(address, sent).status_code for _ in range(2)] == [302, 302]
    template = AgreementTemplate.objects.get()
    part = PART | {"guidance": "Ask.\n\nLook.", "required": "on", "version": 1}
    answer = client.post(url("template_part_add", template), part)
    assert answer["Location"] == f"{url('template', template)}#part-learning"
    assert (
        client.post(url("template_move", template, "learning"), {"to": 10, "version": 2}).status_code == 302
    )
    limits = {"law": "Ask the county.", "version": 3}
    assert client.post(url("template_limits", template), limits).status_code == 302
    shown = client.get(url("template", template)).content.decode()
    assert "Ask the county." in shown
    assert "Publish edition 1" in shown
    assert client.post(url("template_publish", template), {"version": 4}).status_code == 302
    edition = TemplateEdition.objects.get()
    assert edition.body["parts"][10] == {"key": "learning", **PART, "guidance": ["Ask.", "Look."]}
    assert edition.body["limits"] == {"law": "Ask the county."}


def test_two_clicks_on_publish_make_one_edition(cast: Cast) -> None:
    template, client = started(cast), client_of(cast.administrator)
    answers = [client.post(url("template_publish", template), {"version": 1}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert TemplateEdition.objects.count() == 1


def test_every_button_of_a_whole_template(cast: Cast) -> None:
    template, client = published(cast), client_of(cast.administrator)
    for name in ("template_prepare", "template_discard", "template_retire", "template_bring_back"):
        version = fresh(template).version
        answer = client.post(url(name, template), {"version": version})
        assert answer["Location"] == url("template", template), name
        assert fresh(template).version == version + 1
        assert client.get(url("template", template)).status_code == 200
    assert (
        client.post(
            url("template_rename", template), {"name": "Night line", "version": fresh(template).version}
        ).status_code
        == 302
    )
    assert fresh(template).name == "Night line"


def test_discarding_a_template_that_was_never_published_leads_to_the_list(cast: Cast) -> None:
    template, client = started(cast), client_of(cast.administrator)
    answer = client.post(url("template_discard", template), {"version": 1})
    assert answer["Location"] == reverse("agreements:templates")


def test_removing_a_part(cast: Cast) -> None:
    template, client = with_part(cast), client_of(cast.administrator)
    assert client.post(url("template_remove", template, "learning"), {"version": 2}).status_code == 302
    assert "learning" not in keys(template)
    assert client.post(url("template_remove", template, "privacy"), {"version": 3}).status_code == 409


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"title": ""},
        {"title": "x" * 121},
        {"text": LONG},
        {"guidance": "x\n" * 11},
        {"text": "Dear {worker}"},
    ]
    + [{"guidance": "x" * 401}, {"sources": "x" * 201}, {"title": "a\x00b"}, {"text": "\ue000"}],
    ids=lambda sent: str(sent)[:30].encode("ascii", "backslashreplace").decode().replace("\\", ""),
)
def test_bad_input_keeps_what_was_typed(cast: Cast, sent: dict[str, str]) -> None:
    template, client = started(cast), client_of(cast.administrator)
    good = {"title": "Where we meet", "text": "Typed words", "guidance": "", "sources": "", "version": "1"}
    posted = good | sent if sent else {}
    for address in (url("template_part", template, "place"), url("template_part_add", template)):
        answer = client.post(address, posted)
        assert answer.status_code == 422
        shown = answer.content.decode()
        assert "Error:" in shown
        assert not sent or "text" in sent or "Typed words" in shown
    assert fresh(template).version == 1


@pytest.mark.parametrize("name", ["template_rename", "template_new", "template_limits"])
def test_bad_input_elsewhere_is_answered_in_words(cast: Cast, name: str) -> None:
    template, client = started(cast), client_of(cast.administrator)
    for sent in (
        {"name": "", "law": "\x00"},
        {"name": LONG, "law": LONG},
        {"name": "\ue000", "law": "\ue000"},
    ):
        answer = client.post(pages(template)[name], {"version": "1", "start_from": "standard", **sent})
        assert answer.status_code == 422
        assert "Error:" in answer.content.decode()


@pytest.mark.parametrize("version", ["", "-1", "0", "x", "9" * 30])
def test_a_forged_version_counts_as_an_old_one(cast: Cast, version: str) -> None:
    template, client = with_part(cast), client_of(cast.administrator)
    for name in ("template_publish", "template_discard", "template_retire"):
        assert client.post(url(name, template), {"version": version}).status_code == 409
    answer = client.post(url("template_move", template, "learning"), {"version": version, "to": 1})
    assert answer.status_code == 409


def test_a_stale_part_shows_both_wordings(cast: Cast) -> None:
    template, client = started(cast), client_of(cast.administrator)
    address = url("template_part", template, "place")
    do(operations.change_part, template, cast, key="place", **PART)
    sent = {"title": "Mine", "text": "We meet outside.", "guidance": "Look.", "sources": "", "version": "1"}
    answer = client.post(address, sent)
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "Its title now: Learning" in shown
    assert "We meet outside." in shown
    assert part_of(template, "place")["title"] == "Learning"
    version = hidden("version", shown)
    assert client.post(address, sent | {"version": version}).status_code == 302
    assert part_of(template, "place")["title"] == "Mine"


def remove_learning(cast: Cast, template: AgreementTemplate) -> None:
    do(operations.remove_part, template, cast, key="learning")


def publish_it(cast: Cast, template: AgreementTemplate) -> None:
    do(operations.publish, template, cast)


def discard_it(cast: Cast, template: AgreementTemplate) -> None:
    do(operations.publish, template, cast)
    do(operations.prepare_next, template, cast)
    do(operations.discard_preparation, template, cast)


@pytest.mark.parametrize("meanwhile", [remove_learning, publish_it, discard_it])
def test_words_for_a_part_that_is_gone_are_shown_to_be_copied(
    cast: Cast, meanwhile: Callable[[Cast, AgreementTemplate], None]
) -> None:
    template, client = with_part(cast), client_of(cast.administrator)
    meanwhile(cast, template)
    sent = {"title": "Mine", "text": "We meet outside, always.", "version": "2"}
    answer = client.post(url("template_part", template, "learning"), sent)
    assert answer.status_code == 409
    assert "We meet outside, always." in answer.content.decode()


def test_a_stale_change_of_the_limits_shows_what_was_typed(cast: Cast) -> None:
    template, client = with_part(cast), client_of(cast.administrator)
    answer = client.post(url("template_limits", template), {"law": "Ask the county.", "version": "1"})
    assert answer.status_code == 409
    assert "Ask the county." in answer.content.decode()


def test_what_cant_be_published_says_why(cast: Cast) -> None:
    template, client = started(cast), client_of(cast.administrator)
    body = body_of(template)
    body["parts"][1]["title"] = ""
    AgreementTemplate.objects.filter(pk=template.pk).update(body=body)
    address = url("template_publish", template)
    for answer, status in ((client.get(address), 200), (client.post(address, {"version": "1"}), 422)):
        assert answer.status_code == status
        assert "Give the part a title" in answer.content.decode()


def test_what_a_new_edition_changes_is_shown(cast: Cast) -> None:
    template, client = published(cast), client_of(cast.administrator)
    do(operations.prepare_next, template, cast)
    do(operations.change_part, template, cast, key="place", **PART)
    do(operations.add_part, template, cast, **PART | {"title": "Another"})
    do(operations.move_part, template, cast, key="review", to=1)
    do(operations.change_limits, template, cast, words={"law": "Ask the county."})
    shown = client.get(url("template_publish", template)).content.decode()
    for words in (
        "It was called “When, where and how we meet”.",
        "A new part.",
        "in another order",
        "this limit",
    ):
        assert words in shown


def test_the_preview_reads_like_an_agreement(cast: Cast) -> None:
    template, client = started(cast), client_of(cast.administrator)
    do(operations.change_limits, template, cast, words={"law": "Ask the county."})
    shown = client.get(url("template_preview", template)).content.decode()
    assert "Sam will write a short record of each session." in shown
    assert "Something that has to be reported by law. Ask the county." in shown
    assert "{workers}" not in shown
    assert client.get(url("template_preview", template), {"edition": "7"}).status_code == 409


def test_the_list_says_which_templates_are_used(cast: Cast) -> None:
    client, address = client_of(cast.administrator), reverse("agreements:templates")
    assert "New agreements start from the standard template." in client.get(address).content.decode()
    template = published(cast)
    agreement_from(template.editions.get(), cast)
    shown = client.get(address).content.decode()
    assert "Edition 1" in shown
    assert '<td role="cell" data-label="Agreements">1</td>' in shown
    assert (
        "1 agreement was started from this template."
        in client.get(url("template", template)).content.decode()
    )


# Files -------------------------------------------------------------------------------------------------------------


def upload(data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("template.toml", data, content_type="application/octet-stream")


def test_what_is_exported_can_be_imported(cast: Cast) -> None:
    source, client = with_part(cast), client_of(cast.administrator)
    exported = client.get(url("template_export", source))
    assert exported["Content-Disposition"] == 'attachment; filename="warm-line-being-prepared.toml"'
    target = started(cast, "Night line")
    address = url("template_import", target)
    looked = client.post(address, {"file": upload(exported.content), "version": "1"})
    shown = looked.content.decode()
    assert looked.status_code == 200
    assert "A new part." in shown
    assert fresh(target).version == 1
    sent = {"version": "1", "words": looked.context["words"]}
    assert [client.post(address, sent).status_code for _ in range(2)] == [302, 302]
    assert fresh(target).body == source.body


def test_every_edition_can_be_exported(cast: Cast) -> None:
    template, client = published(cast), client_of(cast.administrator)
    do(operations.prepare_next, template, cast)
    do(operations.add_part, template, cast, **PART)
    edition = TemplateEdition.objects.get()
    exported = client.get(url("template_export", template), {"edition": "1"})
    assert exported["Content-Disposition"] == 'attachment; filename="warm-line-edition-1.toml"'
    assert template_file.read(exported.content) == edition.body
    for wrong in ("0", "2", "99999"):
        assert client.get(url("template_export", template), {"edition": wrong}).status_code in (200, 409)
    shipped = client.get(reverse("agreements:template_standard_export"))
    assert template_file.read(shipped.content) == template_rules.body_of(standard.default())


def test_everything_wrong_with_a_file_is_listed(cast: Cast) -> None:
    template, client = started(cast), client_of(cast.administrator)
    data = template_file.write("x", 1, body_of(template))
    data = data.replace(b'title = "Who we are"', b'title = ""\ncolour = "red"').replace(
        b'key = "review"', b'key = "R"'
    )
    shown = client.post(url("template_import", template), {"file": upload(data), "version": "1"})
    assert shown.status_code == 422
    text = shown.content.decode()
    for words in (
        "Give the part a title",
        "“colour” is not known here",
        "(When we look at this again) is missing",
    ):
        assert words in text


@pytest.mark.parametrize(
    "data", [b"", b"\x00\xff", b"%PDF-1.7", b"#" * 300_000], ids=["empty", "bytes", "pdf", "large"]
)
def test_another_file_is_refused(cast: Cast, data: bytes) -> None:
    template, client = started(cast), client_of(cast.administrator)
    answer = client.post(url("template_import", template), {"file": upload(data), "version": "1"})
    assert answer.status_code == 422
    assert client.post(url("template_import", template), {"version": "1"}).status_code == 422
    assert client.post(url("template_import", template), {"words": "\x00", "version": "1"}).status_code == 422


def test_a_file_is_not_taken_over_what_somebody_changed_meanwhile(cast: Cast) -> None:
    template, client = started(cast), client_of(cast.administrator)
    words = template_file.write("x", 1, with_part(cast_with_name(cast)).body).decode()
    do(operations.change_limits, template, cast, words={"law": "Ask the county."})
    answer = client.post(url("template_import", template), {"words": words, "version": "1"})
    assert answer.status_code == 409
    assert "learning" not in keys(template)


# Queries -----------------------------------------------------------------------------------------------------------

_COUNTED = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE)\b", re.IGNORECASE)


def counted(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return sum(1 for query in found.captured_queries if _COUNTED.match(query["sql"]))


def test_the_list_is_constant_in_the_number_of_templates(cast: Cast) -> None:
    client, address = client_of(cast.administrator), reverse("agreements:templates")
    first = counted(client, address)
    for number in range(5):
        template = published(cast, f"Template {number}")
        do(operations.prepare_next, template, cast)
    assert counted(client, address) == first <= LIST


def test_a_template_is_constant_in_its_parts_editions_and_agreements(cast: Cast) -> None:
    template, client = with_part(cast), client_of(cast.administrator)
    asking = [name for name in pages(template) if name.startswith("template_") and name not in POST_ONLY]
    asking.remove("template_preview")
    first = {name: counted(client, pages(template)[name]) for name in ("template", *asking)}
    for _ in range(3):
        do(operations.publish, template, cast)
        do(operations.prepare_next, template, cast)
        do(operations.add_part, template, cast, **PART)
    pair = factories.arrangement(cast.program, [factories.person()], [factories.worker_in(cast.program)])
    Agreement(
        arrangement=pair, edition=template.editions.first(), template_name="x", started_by=cast.supervisor
    ).save()
    for name, count in first.items():
        again = counted(client, pages(template)[name])
        assert again <= (DETAIL if name == "template" else FORM), name
        assert again <= count + (1 if name == "template_publish" else 0), name
