"""Every main page, for everybody it is for: axe finds nothing, nothing scrolls sideways, nothing is blocked by the policy.

Each page is looked at wide and light, on a phone in the dark, at 320 pixels, and once more as it is without script.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from supervision.people.models import Credential
from supervision.reports import operations as reports
from supervision.reports.models import Report
from supervision.sessions import operations
from tests import factories
from tests.agreements import helpers as agreements
from tests.sessions import makers


@pytest.fixture
def places(cast: Any) -> dict[str, list[str]]:
    """The pages of each person, by role, with something of every kind on them."""
    on_offer = factories.arrangement(
        cast.program, [cast.supervisor], [factories.worker_in(cast.program, "Kit Lee")]
    )
    kit = on_offer.participations.exclude(person=cast.supervisor).get().person
    empty = factories.arrangement(
        cast.program, [cast.supervisor], [factories.worker_in(cast.program, "Joe Hart")]
    )
    in_force = agreements.in_force(cast.arrangement, cast.supervisor, cast.worker)
    offered = agreements.offered(on_offer, kit)
    draft = agreements.operations.draft(arrangement=empty, by=cast.supervisor)
    agreement = {name: f"/agreements/{row.pk}/" for name, row in _named(in_force, offered, draft)}
    clause = f"{agreement['draft']}parts/{draft.clauses.all()[1].pk}/"

    sealed = makers.sealed(
        cast,
        makers.planned(cast, starts_at=makers.ago(24 * 14)),
        steps=[makers.step(cast.worker), makers.step(cast.supervisor, "Ask about the room")],
    )
    addendum = operations.add_addendum(
        sealed,
        by=cast.worker,
        reason="A date",
        text="It was the third.",
        evidence=makers.evidence(cast.worker),
    )
    waiting = makers.planned(cast, starts_at=makers.ago(24 * 7))
    operations.add_item(waiting, by=cast.worker, text="How to open the breakfast table")
    sent = makers.signed_by_recorder(cast, waiting)
    written = makers.draft(cast, makers.planned(cast, starts_at=makers.ago(24 * 2)))
    given_back = makers.signed_by_recorder(cast, makers.planned(cast, starts_at=makers.ago(24 * 3)))
    operations.ask_for_change(
        given_back, by=cast.worker, reason="The second point reads harsher than we meant it."
    )
    called_off = makers.planned(cast, starts_at=makers.ahead(2))
    operations.cancel(called_off, by=cast.worker, why="work", note="The van is needed that day.")
    planned = makers.planned(cast, starts_at=makers.ahead(5))
    operations.add_item(planned, by=cast.supervisor, text="Notes that people may read")
    own = operations.add_item(planned, by=cast.worker, text="The late shift", share=False)
    session = {
        "sealed": f"/sessions/{sealed.pk}/",
        "sent": f"/sessions/{sent.pk}/",
        "written": f"/sessions/{written.pk}/",
        "given_back": f"/sessions/{given_back.pk}/",
        "called_off": f"/sessions/{called_off.pk}/",
        "planned": f"/sessions/{planned.pk}/",
    }
    group, _people = makers.group(cast)
    circle = makers.operations.plan(
        group, by=cast.supervisor, starts_at=makers.ago(24), place="", zone="America/New_York"
    )
    report = _report(cast)
    Credential.objects.create(person=cast.worker, name="Certified peer specialist")
    person = f"/people/{cast.worker.pk}/"
    return {
        "sent": [session["sent"]],
        "supervisor": [
            "/",
            "/my-people/",
            f"/supervision-of/{cast.worker.pk}/",
            "/sessions/",
            "/sessions/?state=not_held",
            "/sessions/log/",
            f"/sessions/log/?arrangement={cast.arrangement.pk}",
            f"/sessions/plan/{cast.arrangement.pk}/",
            f"{session['planned']}",
            f"{session['planned']}move/",
            f"{session['planned']}cancel/",
            f"{session['planned']}record/",
            f"/sessions/{circle.pk}/record/",
            f"{session['written']}",
            f"{session['written']}record/",
            f"{session['written']}send/",
            f"{session['given_back']}",
            f"{session['sent']}",
            f"{session['sent']}take-back/",
            f"{session['sealed']}",
            f"{session['sealed']}addendum/",
            f"/sessions/addenda/{addendum.pk}/sign/",
            "/agreements/",
            agreement["draft"],
            clause,
            f"{agreement['draft']}history/",
            f"/agreements/start/{cast.arrangement.pk}/",
            agreement["in_force"],
            f"{agreement['in_force']}review/",
            f"{agreement['offered']}sign/",
        ],
        "worker": [
            "/",
            "/sessions/",
            session["planned"],
            f"/sessions/agenda/{own.pk}/",
            session["sent"],
            f"{session['sent']}decline/",
            f"{session['sent']}ask-for-a-change/",
            session["written"],
            session["called_off"],
            session["sealed"],
            agreement["in_force"],
            f"{agreement['in_force']}end/",
            f"/supervision-of/{cast.worker.pk}/",
            "/your-details/",
            "/your-details/away/",
            "/your-details/calendar/",
            "/sessions/month/",
            "/sessions/week/",
            "/limits/",
            "/who-can-see-what/",
            "/accessibility/",
            "/help/",
            "/accounts/password/change/",
            "/accounts/2fa/",
            "/accounts/sessions/",
        ],
        "manager": [
            "/",
            f"/supervision-of/{cast.worker.pk}/",
            session["sent"],
            f"{session['sent']}facts/",
            f"{session['called_off']}facts/",
            agreement["in_force"],
            "/activity/",
            "/reports/",
            "/reports/ask/",
            f"/reports/{report.pk}/",
            "/people/",
            "/arrangements/",
            "/arrangements/add/",
            f"/arrangements/{cast.arrangement.pk}/",
        ],
        "administrator": [
            "/",
            "/people/",
            "/people/add/",
            person,
            f"{person}edit/",
            f"{person}e-mail/",
            f"{person}credentials/add/",
            f"{person}close/",
            "/programs/",
            f"/programs/{cast.program.pk}/",
            f"/programs/{cast.program.pk}/places/add/",
            "/arrangements/",
            "/arrangements/add/",
            f"/arrangements/{cast.arrangement.pk}/end/",
            "/agency/",
            "/nothing/here/",
        ],
        # Where there is nothing yet.
        "outsider": ["/", "/sessions/", "/agreements/", "/limits/"],
        "other_supervisor": ["/", "/my-people/?name=zz", "/sessions/", "/agreements/"],
        "other_worker": ["/", "/sessions/", "/agreements/"],
        "other_manager": [
            "/",
            "/activity/",
            "/reports/",
            "/people/?q=zz",
            "/arrangements/?state=ended",
            "/overview/?name=zz",
        ],
    }


def _named(*rows: Any) -> Any:
    return zip(("in_force", "offered", "draft"), rows, strict=True)


def _report(cast: Any) -> Report:
    today = timezone.localdate()
    return reports.ask(
        programs=[cast.program],
        supervisor=None,
        first_day=today - datetime.timedelta(days=30),
        last_day=today,
        by=cast.manager,
    )


ROLES = ["supervisor", "worker", "manager", "administrator"]
WITH_NOTHING_YET = ["outsider", "other_supervisor", "other_worker", "other_manager"]


def each_page(places: dict[str, list[str]], role: str, look_at: Callable[[str], int | None]) -> None:
    """Look at every page of this person, and only then say what was found. `look_at` gives the status of the page."""
    found = []
    for path in places[role]:
        refused = (
            404
            if path == "/nothing/here/"
            else 403
            if (role, path) == ("manager", places["sent"][0])
            else 200
        )
        try:
            status = look_at(path)
        except AssertionError as broken:
            found.append(str(broken))
        else:
            found += [] if status == refused else [f"{path} answers {status}"]
    if found:
        pytest.fail("\n\n".join(found))


@pytest.mark.parametrize("role", [*ROLES, *WITH_NOTHING_YET])
def test_every_page_keeps_to_the_rules_on_every_screen(cast, places, visitor, role):
    someone = visitor().enter(getattr(cast, role))

    def look_at(path: str) -> int | None:
        someone.go(path).check_page_on_every_screen()
        return someone.status

    each_page(places, role, look_at)


@pytest.mark.parametrize("role", ROLES)
def test_every_page_keeps_to_the_rules_without_script(cast, places, visitor, role):
    someone = visitor(size="phone").enter(getattr(cast, role))

    def look_at(path: str) -> int | None:
        someone.go_without_script(path).check_page()
        return someone.status

    each_page(places, role, look_at)


PLANTED = {
    "select-name": "document.querySelector('main select').labels[0].remove()",
    "color-contrast-enhanced": "document.querySelector('main p').className = 'planted'",
    "button-name": "document.querySelector('main button').textContent = ''",
    "page-has-heading-one": "document.querySelector('h1').outerHTML = '<h2>Sessions</h2>'",
    "scrolls sideways": "document.querySelector('main .wrap').classList.add('planted-wide')",
}


@pytest.mark.parametrize("fault", PLANTED)
def test_the_checks_find_a_fault_that_is_put_there(cast, visitor, fault):
    someone = visitor(size="phone").enter(cast.supervisor).go("/sessions/")
    someone.check_page()
    someone.page.evaluate(
        """() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync('.planted{color:#666;background:#fff} .planted-wide{min-width:60rem}');
          document.adoptedStyleSheets = [sheet];
        }"""
    )
    someone.page.evaluate(PLANTED[fault])
    with pytest.raises(AssertionError, match=fault):
        someone.check_page()


def test_the_account_menu_keeps_to_the_rules_when_it_is_open(cast, visitor):
    someone = visitor().enter(cast.supervisor).go("/")
    someone.page.locator("#account > summary").click()
    someone.check_page()
    someone.look("narrow")
    someone.go("/").page.get_by_role("button", name="Menu").click()
    someone.check_page()
