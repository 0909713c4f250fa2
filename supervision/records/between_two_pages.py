"""The pages on which the two of a record of two answer it: the same for every kind of such a record (see between_two.py)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from supervision.pages.forms import posted
from supervision.pages.sight import Line

from .again import second_press_shows
from .answering import declining, signing
from .forms import ChangeForm, ReasonForm
from .reasons import closing, with_reason

View = Callable[..., HttpResponse]
A_DRAFT_AGAIN = gettext_lazy("It is a draft again. Only you can see it until you send it.")


def _nothing_first(request: HttpRequest, about: str) -> HttpResponse | None:
    return None


@dataclass(frozen=True)
class AnsweringPages:
    """The pages of one kind of record.

    `shows` is the name of the page of the record, `find` gives it for a reader, `doing` are its operations and its rules (as
    `BetweenTwo` holds them), `reading` is the page with the form to sign. `about` names what is kept while somebody signs in
    again. `writer` wrote it, `other` answers it; `sees` says who reads what is typed.
    `first` is where somebody may have to go before they sign; `taken_back` says who sees it once it is taken back.
    """

    shows: str
    find: Callable[[Any, uuid.UUID], Any]
    doing: Any
    reading: Callable[..., HttpResponse]
    about: str
    back_label: Any
    writer: Callable[[Any], Any]
    other: Callable[[Any], Any]
    sees: Callable[[Any, Any], Line] | None = None
    first: Callable[[HttpRequest, str], HttpResponse | None] = _nothing_first
    taken_back: Any = A_DRAFT_AGAIN

    @property
    def views(self) -> tuple[View, View, View, View, View]:
        """sign, decline, ask for a change, take back, close."""
        methods = require_http_methods(["GET", "HEAD", "POST"])
        again = second_press_shows(self.shows)
        pages = (self._sign, self._decline, self._ask_for_change, self._take_back, self._close)
        return tuple(methods(again(page)) for page in pages)  # type: ignore[return-value]

    def _sign(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Sign the record, with words of one's own if one likes."""
        found, policy, about = self.find(request.user, pk), self.doing.policy, f"{self.about}_sign:{pk}"
        if not found.open_offer_id:
            policy.check_is_offered(found)
        if (elsewhere := self.first(request, about)) is not None:
            return elsewhere
        return signing(
            request,
            found,
            self.doing.sign,
            show=partial(self.reading, request, found),
            check=partial(policy.check_can_sign, request.user, found),
            intent=self.doing.intent,
            about=about,
            url=self._url(pk),
        )

    def _decline(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Do not sign the record, saying why."""
        found = self.find(request.user, pk)
        self.doing.policy.check_can_decline(request.user, found)
        about = f"{self.about}_decline:{pk}"
        return declining(request, found, self.doing.decline, about=about, **self._page(request, found))

    def _ask_for_change(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Say what should be different; it goes back to whoever wrote it."""
        found = self.find(request.user, pk)
        self.doing.check_can_ask_for_change(request.user, found)
        name = {"name": self.writer(found).called}
        form = ChangeForm(
            posted(request),
            label=_("What would you like changed?"),
            required=_("Say what you would like changed"),
            initial={"seen": found.open_offer.digest},
        )
        return with_reason(
            request,
            found,
            form,
            self.doing.ask_for_change,
            done=_("%(name)s has it back, with what you said.") % name,
            title=_("Ask for a change"),
            text=_("The record goes back to %(name)s. You read it again before you sign.") % name,
            verb=_("Send it back to %(name)s") % name,
            **self._page(request, found),
        )

    def _take_back(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Take the record back to change it."""
        found = self.find(request.user, pk)
        self.doing.check_can_take_back(request.user, found)
        form = ReasonForm(posted(request), label=_("What you want to change"))
        return with_reason(
            request,
            found,
            form,
            self.doing.take_back,
            done=str(self.taken_back),
            title=_("Take the record back"),
            text=_("It becomes a draft again. Your signature no longer counts, and %(name)s is told.")
            % {"name": self.other(found).called},
            verb=_("Take it back"),
            **self._page(request, found),
        )

    def _close(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Seal with the signatures given."""
        found = self.find(request.user, pk)
        self.doing.check_can_close(request.user, found)
        return closing(
            request,
            found,
            self.doing.close,
            about=f"{self.about}_close:{pk}",
            text=_(
                "The record is sealed as it is. Whoever has not answered is named as not having answered, never as having "
                "signed. After this nothing in it changes."
            ),
            **self._page(request, found),
        )

    def _url(self, pk: uuid.UUID) -> str:
        return reverse(self.shows, args=[pk])

    def _page(self, request: HttpRequest, found: Any) -> dict[str, Any]:
        page = {"url": self._url(found.pk), "back_label": self.back_label}
        return {**page, "sees": self.sees(found, request.user)} if self.sees else page
