"""The limits of confidentiality are read before a first session, and the way leads back to what one was about to do."""

from __future__ import annotations

from supervision.people.models import Acknowledgement
from tests import factories
from tests.sessions import makers

from .steps import path_of


def test_a_supervisor_reads_the_limits_before_a_first_record(cast, visitor):
    new = factories.person("Nell Ford")
    arrangement = factories.arrangement(cast.program, [new], [cast.worker])
    planned = makers.operations.plan(
        arrangement, by=new, starts_at=makers.ago(), place="", zone="America/New_York"
    )
    nell = visitor().enter(new).go("/")
    assert "limits" in nell.part("Needs you").inner_text()
    nell.go(f"/sessions/{planned.pk}/record/")
    nell.sees("Before your first session, please read what stays private and where that ends.")
    nell.sees("There are five limits, and nobody should learn of them late.")
    nell.check_page_on_every_screen()
    nell.press("I have read the limits")
    assert path_of(nell) == f"/sessions/{planned.pk}/record/"
    assert "limits" not in nell.go("/").part("Needs you").inner_text()
    assert "You read this on" in nell.go("/limits/").text


def test_a_worker_reads_the_limits_before_a_first_signature_and_keeps_what_was_typed(cast, visitor):
    new = factories.worker_in(cast.program, "Kit Lee")
    arrangement = factories.arrangement(cast.program, [cast.supervisor], [new])
    planned = makers.operations.plan(
        arrangement, by=cast.supervisor, starts_at=makers.ago(), place="", zone="America/New_York"
    )
    written = makers.written(cast, planned, attended={cast.supervisor.pk: 60, new.pk: 60})
    session = makers.operations.record(planned, by=cast.supervisor, written=written)
    makers.operations.send(session, by=cast.supervisor)

    kit = visitor(size="phone").enter(new).go(f"/sessions/{session.pk}/")
    kit.page.get_by_label("I was there, for the time stated").check()
    kit.page.get_by_label("This record reflects what we talked about").check()
    kit.fill("Type your full name", "Kit Lee")
    kit.fill("Anything you want kept with your signature", "The word is start, not result.")
    kit.press("Sign")
    kit.sees("The limits of confidentiality")
    kit.press("I have read the limits")
    assert Acknowledgement.objects.filter(person=new).count() == 1
    kept = kit.page.get_by_label("Anything you want kept with your signature").input_value()
    assert kept == "The word is start, not result."
    kit.page.get_by_label("This record reflects what we talked about").check()
    kit.page.get_by_label("I was there, for the time stated").check()
    kit.fill("Type your full name", "Kit Lee")
    kit.press("Sign")
    kit.sees("Kit Lee")
    kit.sees("Signed.")
