"""Prompts beside the fields of a record, and gentle hints about its words (domain 12). Nothing is ever kept from being saved or sent.

Hints look at what the writer of a record types: topics of their own, what came of them, strengths, main points, next steps. Never
at private notes, at words that go with a signature, or at a reason: those are people's own.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from supervision.guidance import shown
from supervision.guidance.book import Prompt
from supervision.pages.forms import WORDS_LIMIT
from supervision.people.hinting import Looker, under
from supervision.people.hinting import silence_pressed as silence_pressed

from .. import policy
from .find import reader
from .sheet import Sheet

# While somebody types -----------------------------------------------------------------------------------------------


@require_POST
def hints(request: HttpRequest) -> HttpResponse:
    """What may be worth a second look in a text, as a piece of page. Nothing of it is stored, logged or audited."""
    user = reader(request)
    policy.check_can_ask_for_hints(user)
    text = request.POST.get("text", "")
    if len(text) > WORDS_LIMIT:
        return HttpResponse(status=413)
    found = Looker(user).look_at(text)
    return render(request, "guidance/_hints.html", {"thoughts": shown.thoughts(found), "label": ""})


# On the form --------------------------------------------------------------------------------------------------------


def beside(request: HttpRequest, sheet: Sheet) -> dict[str, list[Prompt]]:
    """The prompts by place; and under every text field of the record, the hints about what stands in it now."""
    rows = [row for part in (sheet.agenda, sheet.steps) for row in part.forms]
    under(request, sheet.form, *rows)
    return shown.prompts_by_place()


# Before it is sent --------------------------------------------------------------------------------------------------


def of_content(request: HttpRequest, content: dict[str, Any]) -> list[shown.Thought]:
    """The hints about a record as it would be sent: the same words of its writer as on the form."""
    writer = reader(request)
    texts = [content["strengths"], content["outcomes"], *(one["text"] for one in content["actions"])]
    for topic in content["agenda"]:
        texts.append(topic["outcome"])
        if topic["raised_by"] == writer.name:
            texts.append(topic["text"])
    looker = Looker(writer)
    return shown.thoughts(finding for text in texts for finding in looker.look_at(text or ""))
