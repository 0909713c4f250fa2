"""An agreement that two people really negotiate: part by part, signed, looked at again, renegotiated, ended."""

from __future__ import annotations

import re

from agreements.models import AgreementReview, in_force
from tests import factories
from tests.agreements import helpers as agreements

from .steps import agree_to_the_rest, path_of, sign_agreement

NOTICE = "We say so as soon as we can, and offer another time in the same week."
OTHER = "We say so by eight in the morning, and offer another time in the same week."


def test_from_the_first_suggestion_to_both_signatures(cast, visitor):
    draft = agreements.operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    agreements.fill(draft, cast.supervisor)
    here = f"/agreements/{draft.pk}/"
    dana, marisol = visitor().enter(cast.supervisor), visitor(size="phone", dark=True).enter(cast.worker)

    # Marisol suggests with a reason; Dana sees what differs and answers with other words.
    marisol.go(here).follow("Suggest other wording: If one of us can't make it")
    marisol.fill("Your wording", NOTICE)
    marisol.fill("Why", "Some mornings I don’t know a day ahead.")
    marisol.press("Suggest this wording")
    marisol.sees("Suggested. It is with Dana to answer.")
    dana.go(here).sees("Marisol suggests new wording for part 5.")
    dana.sees("Some mornings I don’t know a day ahead.")
    assert dana.page.locator("#part-5 del").count()
    assert dana.page.locator("#part-5 ins").count()
    dana.check_page_on_every_screen()
    dana.look("wide")
    dana.follow("Suggest other wording: If one of us can't make it")
    dana.fill("Your wording", OTHER)
    dana.press("Suggest this instead")

    # Marisol takes that, and keeps another part for when they meet.
    marisol.go(here).press("Use the wording of Dana: If one of us can't make it")
    marisol.sees("You both agree to part 5.")
    marisol.press(re.compile("Talk about it next time.*How we work together", re.S))
    marisol.sees("Part 9 is kept. It is on the agenda of your next session once one is planned.")
    agree_to_the_rest(dana, marisol, draft=here)

    # Sent, signed by one, a change asked for by the other: the signature is void, and its giver is told.
    dana.go(here).follow("Send it to be signed")
    dana.press("Send it to be signed")
    sign_agreement(dana, cast.supervisor)
    marisol.go(here).press("Ask for a change instead")
    marisol.page.get_by_label("Which part is it about?").select_option(label="5. If one of us can't make it")
    marisol.fill("What should read differently", "Nine would be fairer on early shifts.")
    marisol.press("Ask for this change")
    dana.go(here).sees("You had signed; that signature no longer counts.")
    dana.sees("Nine would be fairer on early shifts.")
    assert dana.page.get_by_role("link", name="Send it to be signed").count() == 0
    dana.follow("Suggest other wording: If one of us can't make it")
    dana.fill("Your wording", OTHER.replace("eight", "nine"))
    dana.press("Suggest this wording")
    marisol.go(here).press("Use the wording of Dana")
    marisol.follow("Send it to be signed")
    marisol.press("Send it to be signed")
    sign_agreement(marisol, cast.worker)
    dana.go(here).follow("See what changed since")
    dana.sees("1 of 12 parts differs.")
    dana.go(f"{here}sign/")
    sign_agreement(dana, cast.supervisor)
    dana.sees("Signed by everybody.")
    assert in_force(cast.arrangement) == draft


def test_looked_at_again_renegotiated_compared_and_ended(cast, visitor):
    first = agreements.in_force(cast.arrangement, cast.supervisor, cast.worker)
    here = f"/agreements/{first.pk}/"
    dana, marisol = visitor().enter(cast.supervisor), visitor(size="phone").enter(cast.worker)

    dana.go(here).follow("Look at it again together")
    dana.check_page_on_every_screen()
    dana.look("wide")
    dana.fill("Type your full name", cast.supervisor.name)
    dana.page.get_by_label(re.compile("We looked at our agreement together")).check()
    dana.press("Record it and sign")
    dana.sees("The others are asked to sign it too.")
    review = AgreementReview.objects.get()
    marisol.go(f"/agreements/reviews/{review.pk}/sign/").check_page_on_every_screen()
    marisol.fill("Type your full name", cast.worker.name)
    marisol.page.get_by_label(re.compile("We looked at our agreement together")).check()
    marisol.press("Sign this review")
    marisol.sees("Signed by everybody. The agreement stays as it is.")

    # The work changes, so there is a second version, with what differs to read.
    marisol.go(here).follow("Start a new version")
    marisol.page.get_by_label("The workload changed").check()
    marisol.fill("In your own words", "Two groups more.")
    marisol.press("Start it")
    second = path_of(marisol)
    marisol.follow("Suggest other wording: How often and for how long")
    marisol.fill("Minutes each time", "90")
    marisol.fill("Why another rhythm than an hour a week", "Two groups more to talk about.")
    marisol.press("Suggest this wording")
    dana.go(second).press("Use the wording of Marisol")
    dana.follow("Compare with version 1")
    dana.sees("1 hour 30 minutes")
    dana.check_page_on_every_screen()
    dana.look("wide")
    agree_to_the_rest(dana, marisol, draft=second)
    dana.go(second).follow("Send it to be signed")
    dana.press("Send it to be signed")
    sign_agreement(dana, cast.supervisor)
    marisol.go(f"{second}sign/")
    sign_agreement(marisol, cast.worker)
    dana.go(here).sees("Version 2 has taken its place.")

    dana.go(second).follow("End this agreement")
    dana.fill("Why it ends", "We both change programs.")
    dana.press("End the agreement")
    marisol.go(second).sees("We both change programs.")
    assert in_force(cast.arrangement) is None


def test_the_same_without_script_on_the_smallest_phone(cast, visitor):
    draft = agreements.operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    here = f"/agreements/{draft.pk}/"
    dana = visitor(size="narrow", script=False).enter(cast.supervisor)
    marisol = visitor(size="narrow", script=False).enter(cast.worker)
    marisol.go(here).follow("Suggest other wording: What is written down")
    marisol.fill("Your wording", "Dana writes, Marisol reads and signs.")
    marisol.press("Suggest this wording")
    dana.go(here).press("Use the wording of Marisol")
    dana.sees("You both agree to part 7.")
    dana.press("Agree to this part: What each of us will do")
    dana.sees("You agree to part 8 as it stands.")
    width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert dana.page.evaluate(width) <= 0


def test_a_member_joins_what_the_group_has_signed(cast, visitor):
    kit = factories.worker_in(cast.program, "Kit Ng")
    joe = factories.worker_in(cast.program, "Joe Marsh")
    group = factories.arrangement(cast.program, [cast.supervisor], [cast.worker, kit, joe], structure="group")
    agreement = agreements.in_force(group, cast.supervisor, kit)
    here = f"/agreements/{agreement.pk}/"
    marisol, dana = visitor(size="phone").enter(cast.worker), visitor().enter(cast.supervisor)
    dana.go(here).sees("2 of 4 have signed. Not yet: Joe Marsh and Marisol Vega.")
    dana.check_page_on_every_screen()
    marisol.go(here).sees("You have not signed this yet.")
    marisol.follow("Read and sign it")
    marisol.check_page_on_every_screen()
    sign_agreement(marisol, cast.worker)
    marisol.sees("From now on the agreement holds for you as well.")
    dana.go(here).sees("3 of 4 have signed. Not yet: Joe Marsh.")
