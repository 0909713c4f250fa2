"""Adding to a sealed record, whatever it is of: writing an addendum, answering it, closing it, its PDF."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from supervision.pages import words
from supervision.pages.forms import render_form
from supervision.pages.responses import conflict
from supervision.pages.sight import line
from supervision.people.models import User
from supervision.people.requests import limits_first, reader
from supervision.records import audit, documents, encryption, snapshot
from supervision.records.errors import Invalid, NotFound, Stale, WrongState
from supervision.records.papers import Paper, reference
from supervision.records.reasons import closing
from supervision.records.typed import forget, kept, sign_in_again, signature

from ..added import Added
from ..forms import AddendumForm, AnswerAddendumForm


@dataclass(frozen=True)
class Kind:
    """Addenda to one kind of record. `page` begins the names of their pages, and under which what is typed there is kept."""

    page: str
    shown_on: str
    add: Callable[..., Any]
    answer: Callable[..., Any]
    close: Callable[..., Any]

    def address(self, name: str, pk: uuid.UUID) -> str:
        return reverse(f"{self.page}_{name}", args=[pk])

    def about(self, pk: uuid.UUID, name: str = "") -> str:
        return f"{self.page.replace(':', '.')}{f'_{name}' if name else ''}:{pk}"


def add(request: HttpRequest, record: Any, kind: Kind, *, names: list[str]) -> HttpResponse:
    """Write an addendum, sign it and offer it to the others, whose `names` are given. The caller has asked the policy."""
    about = kind.about(record.pk)
    back = kept(request, about)
    form = AddendumForm(request.POST if request.method == "POST" else back, initial={"key": uuid.uuid4()})
    if request.method != "POST" and back is not None:
        form.unchecked()
    if request.method == "POST" and form.is_valid():
        if (again := sign_in_again(request, about, request.path)) is not None:
            return again
        data = form.cleaned_data
        try:
            kind.add(
                record,
                by=reader(request),
                reason=data["reason"],
                text=data["text"],
                evidence=signature(request, data["typed_name"]),
                key=data["key"],
            )
        except Stale as refusal:
            return conflict(
                request, what=refusal.message, url=reverse(kind.shown_on, args=[record.pk]), forms=[form]
            )
        except Invalid as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            forget(request, about)
            said = _("Added to the record. %(names)s can now read and sign it.")
            messages.success(request, said % {"names": words.join_names(names)})
            return redirect(kind.shown_on, record.pk)
    context = {
        "form": form,
        "back_url": reverse(kind.shown_on, args=[record.pk]),
        "names": words.join_names(names),
    }
    return render_form(request, "sessions/addendum.html", context, invalid=request.method == "POST")


def sign(request: HttpRequest, addendum: Added, kind: Kind, *, names: list[str]) -> HttpResponse:
    """Read an addendum; sign it, or say why not. The caller has asked the policy."""
    about = kind.about(addendum.pk, "sign")
    if (elsewhere := limits_first(request, about)) is not None:
        return elsewhere
    offered = addendum.open_offer
    assert offered is not None  # noqa: S101  the policy has looked
    back = kept(request, about)
    form = AnswerAddendumForm(
        request.POST if request.method == "POST" else back, initial={"seen": offered.digest}
    )
    if request.method != "POST" and back is not None:
        form.unchecked()
    if request.method == "POST" and form.is_valid():
        signs = request.POST.get("answer") != "decline"
        if not signs and not form.cleaned_data["statement"]:
            form.add_error(
                "statement", _("Say in your own words why you do not sign. It is kept beside the record.")
            )
        elif (again := sign_in_again(request, about, request.path)) is not None:
            return again
        else:
            response = _answer(request, addendum, form, kind, signs=signs)
            if response is not None:
                forget(request, about)
                return response
    encryption.unlock([offered], [addendum])
    audit.opened(reader(request), addendum, why="party")
    context = {
        "form": form,
        "addendum": addendum,
        "content": snapshot.read(offered.content),
        "back_url": reverse(kind.shown_on, args=[addendum.record.pk]),
        "names": words.join_names(names),
    }
    return render_form(request, "sessions/addendum_sign.html", context, invalid=request.method == "POST")


def _answer(
    request: HttpRequest, addendum: Added, form: AnswerAddendumForm, kind: Kind, *, signs: bool
) -> HttpResponse | None:
    data, url = form.cleaned_data, reverse(kind.shown_on, args=[addendum.record.pk])
    try:
        kind.answer(
            addendum,
            by=reader(request),
            evidence=signature(request, data["typed_name"]),
            seen=data["seen"],
            sign=signs,
            statement=data["statement"] if signs else "",
            reason="" if signs else data["statement"],
        )
    except Stale as refusal:
        return conflict(request, what=refusal.message, url=url, forms=[form])
    except Invalid as refusal:
        # What is wrong with the reason is shown where the reason is typed.
        field = "statement" if refusal.field == "reason" else refusal.field
        form.add_error(field if field in form.fields else None, refusal.message)
        return None
    messages.success(request, _("Signed.") if signs else _("Your answer is kept beside the addendum."))
    return redirect(url)


def close(request: HttpRequest, addendum: Added, kind: Kind) -> HttpResponse:
    """Seal an addendum with the signatures given. The caller has asked the policy."""
    return closing(
        request,
        addendum,
        kind.close,
        about=kind.about(addendum.pk, "close"),
        text=_(
            "The addendum is sealed as it is. Whoever has not answered is named as not having answered, never as "
            "having signed."
        ),
        url=reverse(kind.shown_on, args=[addendum.record.pk]),
        back_label=_("The record"),
        sees=line("session.words"),
    )


def pdf(request: HttpRequest, addendum: Added) -> HttpResponse:
    """The sealed PDF of an addendum."""
    document = documents.document_of(addendum)
    if document is None:
        if addendum.is_sealed:
            raise WrongState(_("The PDF is being made. Come back in a minute."))
        raise NotFound
    audit.opened(reader(request), addendum, why="party", action="downloaded")
    name = f"addendum-{addendum.number}-{reference(addendum.record.pk)}.pdf"
    return documents.stream(document, name)


# On the page of the record ------------------------------------------------------------------------------------


def rows_of(papers: list[Paper], user: User, kind: Kind) -> list[dict[str, Any]]:
    """The addenda of a record, as its page shows them, with where they are answered, closed and downloaded."""
    return [
        {
            "paper": paper,
            "content": paper.content,
            "waits": paper.waits_for(user),
            "is_author": paper.offer.offered_by_id == user.pk,
            "waits_for": [signer.name for signer in paper.signers if signer.kind == "waiting"],
            "sign_url": kind.address("sign", paper.offer.record_id),
            "close_url": kind.address("close", paper.offer.record_id),
            "pdf_url": kind.address("pdf", paper.offer.record_id),
        }
        for paper in papers
    ]


def opened_with(papers: list[Paper], model: Callable[..., Added], user: User) -> list[Added]:
    """Those among them that somebody else wrote: whoever opens the record opens them too."""
    return [model(pk=paper.offer.record_id) for paper in papers if paper.offer.offered_by_id != user.pk]
