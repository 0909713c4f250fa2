"""A real browser on a real server: what people do, with the rules of access to a page checked as they go."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY, record_authentication
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import connections, transaction
from django.http import HttpRequest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Locator, Page, TimeoutError

from supervision.jobs.worker import Worker
from supervision.people.models import User
from supervision.records import certificate
from tests import factories

AXE = Axe().axe_script
RUN_AXE = "rules => axe.run(document, rules).then(found => found.violations)"
AXE_RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"color-contrast-enhanced": {"enabled": True}},
}
Answer = TypeVar("Answer")
SIZES = {"wide": (1280, 900), "phone": (390, 844), "narrow": (320, 700)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Any:
    """A journey that fails says what each person had in front of them."""
    report = yield
    if report.failed and call.when == "call":
        for number, person in enumerate(getattr(item, "visitors", []), start=1):
            sees = (
                "a closed page" if person.page.is_closed() else f"{person.page.url}\n\n{person.text[:1500]}"
            )
            report.sections.append((f"Person {number} sees", sees))
    return report


def apart(work: Callable[[], Answer]) -> Answer:
    """Do it in a thread of its own: sealing a PDF wants no event loop in its thread, and the browser has one here."""

    def then_close() -> Answer:
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(then_close).result()


def spoken(name: str | re.Pattern[str]) -> str | re.Pattern[str]:
    """What a control is called, with the part that only screen readers hear: “Done: Try the opener”."""
    return (
        name if not isinstance(name, str) else re.compile(re.escape(name).replace(":\\ ", r"\s*:\s+"), re.I)
    )


class Visitor:
    """One person at one browser, with what every page they see must keep to."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context, self.address = context, address
        self.page: Page = context.new_page()
        self.trouble: list[str] = []
        self.status = 0
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.trouble.append(f"script error: {error}"))
        self.page.on("response", self._answered)

    def _heard(self, message: Any) -> None:
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            self.trouble.append(message.text)

    def _answered(self, response: Any) -> None:
        if response.status >= 500:
            self.trouble.append(f"{response.status} at {response.url}")
        if not response.url.startswith((self.address, "data:", "blob:")):
            self.trouble.append(f"a request left this machine: {response.url}")

    def enter(self, person: User, *, minutes_ago: int = 0) -> Visitor:
        """Signed in some time ago, for journeys that are about something else."""
        client = Client()
        client.force_login(person)
        request = HttpRequest()
        request.session = client.session
        record_authentication(request, person, "password", email=person.email)
        for proof in request.session[AUTHENTICATION_METHODS_SESSION_KEY]:
            proof["at"] -= 60 * minutes_ago
        with transaction.atomic():
            request.session.save()
        cookie = {
            "name": settings.SESSION_COOKIE_NAME,
            "value": request.session.session_key,
            "url": self.address,
        }
        self.context.add_cookies([cookie])
        return self

    def window(self) -> Visitor:
        """A second window of the same person in the same browser."""
        another = Visitor(self.context, self.address)
        another.trouble = self.trouble
        return another

    def sign_in(self, person: User, password: str = factories.PASSWORD) -> Visitor:
        """Through the page, as a person does."""
        self.go("/accounts/login/")
        self.page.get_by_label(re.compile("e-?mail", re.I)).fill(person.email)
        self.page.get_by_label(re.compile("^password", re.I)).fill(password)
        self.page.get_by_role("button", name=re.compile("sign in", re.I)).click()
        self.page.wait_for_url(lambda url: "/accounts/login" not in url)
        return self

    def go(self, path: str) -> Visitor:
        answer = self.page.goto(f"{self.address}{path}")
        self.status = answer.status if answer else 0
        return self

    def sees(self, text: str | re.Pattern[str]) -> None:
        """The text is on the page, where it can be read."""
        found = self.page.get_by_text(text).filter(visible=True).first
        try:
            found.wait_for()
        except TimeoutError:
            raise AssertionError(f"{self.page.url} does not say {text!r}") from None

    def sees_not(self, text: str) -> None:
        """The text is nowhere in the page as it came from the server, not even hidden."""
        assert text not in self.page.content(), f"{self.page.url} holds {text!r}"

    def follow(self, name: str | re.Pattern[str], within: Locator | None = None) -> None:
        """Follow a link, and wait for the page it leads to."""
        with self.page.expect_navigation():
            (within or self.page).get_by_role("link", name=spoken(name)).first.click()

    def press(self, name: str | re.Pattern[str], within: Locator | None = None) -> int:
        """Press a button that sends a form, and wait for the answer. Gives its status."""
        with self.page.expect_navigation() as answer:
            (within or self.page).get_by_role("button", name=spoken(name)).first.click()
        return answer.value.status if answer.value else 0

    def fill(self, label: str | re.Pattern[str], text: str, within: Locator | None = None) -> None:
        (within or self.page).get_by_label(label).first.fill(text)

    def part(self, heading: str | re.Pattern[str]) -> Locator:
        """The section of the page that is named by this heading."""
        return self.page.get_by_role("region", name=heading)

    def row(self, name: str) -> Locator:
        """One row of an editable list, such as “Topic 2”."""
        return self.page.get_by_role("group", name=name, exact=True)

    def download(self, name: str | re.Pattern[str]) -> bytes:
        with self.page.expect_download() as coming:
            self.page.get_by_role("link", name=spoken(name)).first.click()
        return Path(coming.value.path()).read_bytes()

    @property
    def text(self) -> str:
        """What can be read on the page."""
        return self.page.locator("body").inner_text()

    def check_page(self) -> None:
        """No violation that axe can find, nothing wider than the window, nothing blocked by the CSP."""
        look = self.page.viewport_size or {"width": 0, "height": 0}
        # As tall as the page: what a sticky bar covers for now is no fault, and keyboard journeys see that focus stays clear.
        tall = self.page.evaluate("Math.max(innerHeight, document.documentElement.scrollHeight)")
        self.page.set_viewport_size({"width": look["width"], "height": tall})
        if not self.page.evaluate("Boolean(window.axe)"):
            self.page.evaluate(f"{AXE};0")
        found = self.page.evaluate(RUN_AXE, AXE_RULES)
        self.page.set_viewport_size(look)
        told = [f"{v['id']}: {v['nodes'][0]['target']} {v['nodes'][0]['html'][:160]}" for v in found]
        if told:
            raise AssertionError(f"{self.page.url} at {look}:\n" + "\n".join(told))
        width = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert width <= 0, f"{self.page.url} at {look} scrolls sideways by {width} px"
        assert self.trouble == [], f"{self.page.url}: {self.trouble}"

    def look(self, size: str, *, dark: bool = False) -> None:
        """The same page on another screen."""
        width, height = SIZES[size]
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.emulate_media(color_scheme="dark" if dark else "light")

    def check_page_on_every_screen(self) -> None:
        """Wide and light, phone and dark, narrow and light, with everything that folds unfolded."""
        self.page.evaluate("for (const box of document.querySelectorAll('main details')) box.open = true")
        for size, dark in (("phone", True), ("narrow", False), ("wide", False)):
            self.look(size, dark=dark)
            self.check_page()

    def go_without_script(self, path: str) -> Visitor:
        """Load the page with script turned off in the browser. It is on again afterwards, for axe alone."""
        session = self.context.new_cdp_session(self.page)
        session.send("Emulation.setScriptExecutionDisabled", {"value": True})
        self.go(path)
        session.send("Emulation.setScriptExecutionDisabled", {"value": False})
        session.detach()
        assert "js" not in (self.page.locator("html").get_attribute("class") or "").split()
        return self


@pytest.fixture
def visitor(
    browser: Browser, live_server: Any, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Visitor]]:
    """Makes people at browsers: `visitor()`, `visitor(size="phone", dark=True, script=False)`."""
    made: list[Visitor] = []
    request.node.visitors = made

    def make(*, size: str = "wide", dark: bool = False, script: bool = True) -> Visitor:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            reduced_motion="reduce",
            accept_downloads=True,
        )
        context.set_default_timeout(15_000)
        made.append(Visitor(context, live_server.url))
        return made[-1]

    yield make
    for person in made:
        person.context.close()
    assert [trouble for person in made for trouble in person.trouble] == []


@pytest.fixture
def run_jobs(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], int]:
    """Does what the worker process would do now: every waiting job, once. The agency has its certificate."""
    settings.SECRETS_DIR = tmp_path_factory.getbasetemp() / "secrets-of-journeys"
    certificate.ensure_certificate("Riverbend Peer Alliance")
    return lambda: apart(Worker(name="journeys").run_until_empty)
