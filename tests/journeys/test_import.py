"""An administrator brings in the people of an agency from a spreadsheet: a file with a problem first, then the mended one."""

from __future__ import annotations

from typing import Any

from supervision.people.models import Invitation, User
from tests.imports.helpers import PEOPLE, as_csv, as_xlsx
from tests.imports.test_bringing_in import THREE


def test_people_come_in_from_a_spreadsheet_and_are_invited(
    cast: Any, visitor: Any, run_jobs: Any, tmp_path: Any
) -> None:
    ade = visitor().enter(cast.administrator).go("/")
    ade.follow("Bring in what you have")
    ade.sees("No files yet")
    ade.check_page_on_every_screen()
    ade.follow("People", within=ade.part("What do you want to bring in?"))
    ade.check_page_on_every_screen()
    assert ade.press("Look at this file") == 422
    ade.sees("Choose the file")

    wrong, right = tmp_path / "people.csv", tmp_path / "people.xlsx"
    wrong.write_bytes(as_csv(PEOPLE, [*THREE, ["nobody", "", "", "", "", "Elsewhere", ""]]))
    right.write_bytes(as_xlsx(PEOPLE, [*THREE, [cast.worker.email, "Marisol V.", "", "", "", "", ""]]))
    ade.page.get_by_label("The file").set_input_files(str(wrong))
    ade.press("Look at this file")
    ade.sees("There are 2 problems in this file.")
    ade.sees("Row 5")
    ade.check_page_on_every_screen()

    ade.follow("Send it again")
    ade.page.get_by_label("The file").set_input_files(str(right))
    ade.press("Look at this file")
    ade.sees("No problems.")
    ade.sees("Here it is “Marisol Vega”, in the file “Marisol V.”.")
    ade.check_page_on_every_screen()
    ade.follow("Bring it in")
    ade.check_page_on_every_screen()
    ade.press("Bring it in")
    ade.sees("Brought in.")
    assert User.objects.filter(email="kit@example.org").exists()
    assert not Invitation.objects.exists()
    ade.follow("Invite those who were brought in")
    ade.check_page_on_every_screen()
    ade.page.get_by_label("Send each of them").check()
    ade.press("Send the invitations")
    ade.sees("The invitations are on their way.")
    run_jobs()
    assert Invitation.objects.count() == 3
    ade.go("/bring-in/").sees("3 rows brought in.")
    ade.check_page_on_every_screen()
