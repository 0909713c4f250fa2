"""How much a page weighs on the wire.

The test server sends style sheets and scripts as they lie on the disk, while the real one sends them compressed. So each answer
that came from the network, and not from the browser's own store, is weighed as the real server would send it: text as gzip
makes it, a font as it is, and the headers of each as they came.
"""

from __future__ import annotations

import base64
import gzip
from typing import Any

from tests.agreements import helpers as agreements
from tests.sessions import makers

FIRST_VISIT = 120 * 1024
LATER_VISIT = 15 * 1024


def weigh(person: Any, path: str) -> dict[str, int]:
    """Bytes of everything that came over the network for a page, by address."""
    session = person.context.new_cdp_session(person.page)
    came: dict[str, Any] = {}
    stored: set[str] = set()
    session.on("Network.responseReceived", lambda event: came.update({event["requestId"]: event["response"]}))
    session.on("Network.requestServedFromCache", lambda event: stored.add(event["requestId"]))
    session.send("Network.enable")
    person.page.goto(f"{person.address}{path}", wait_until="networkidle")
    found = {}
    for key, answer in came.items():
        if key in stored or answer.get("fromDiskCache") or answer["url"].startswith("data:"):
            continue
        body = session.send("Network.getResponseBody", {"requestId": key})
        content = base64.b64decode(body["body"]) if body["base64Encoded"] else body["body"].encode()
        found[answer["url"].removeprefix(person.address)] = _on_the_wire(answer, content)
    session.detach()
    return found


def _on_the_wire(answer: dict[str, Any], content: bytes) -> int:
    headers = sum(len(name) + len(value) + 4 for name, value in answer["headers"].items())
    as_it_is = answer["url"].endswith(".woff2")
    return headers + (len(content) if as_it_is else len(gzip.compress(content, compresslevel=6)))


def test_the_first_page_of_a_supervisor_is_light_and_lighter_when_it_comes_again(cast, visitor):
    agreements.in_force(cast.arrangement, cast.supervisor, cast.worker)
    for days in range(2, 12):
        makers.signed_by_recorder(cast, makers.planned(cast, starts_at=makers.ago(24 * days)))
    dana = visitor().enter(cast.supervisor)

    first = weigh(dana, "/")
    for part in ("/", "/static/css/app.css", "/static/fonts/atkinson-next-latin.woff2"):
        assert first[part] > 0
    assert sum(first.values()) < FIRST_VISIT, first

    again = weigh(dana, "/")
    assert 0 < again["/"] <= sum(again.values()) < LATER_VISIT, again
