"""What the two of a record of two do with it on its pages: one signs and sends it; the other signs, or says why not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from supervision.pages.responses import conflict

from .errors import AlreadyDone, Invalid, Stale, WrongState
from .forms import DeclineForm, SignForm
from .reasons import confirm
from .typed import forget, kept, sign_in_again, signature

Operation = Callable[..., Any]


def signing(
    request: HttpRequest,
    record: Any,
    operation: Operation,
    *,
    show: Callable[..., HttpResponse],
    check: Callable[[], None],
    intent: Any,
    about: str,
    url: str,
) -> HttpResponse:
    """Sign what is on the page. `show` gives that page with a form (or None) and a `status`; `check` asks the policy before
    anything is done; `intent` is what the signature says; `about` names what is kept while somebody signs in again."""
    if request.method != "POST":
        back = kept(request, about)
        return show(_unchecked(SignForm(back, intent=intent)) if back is not None else None)
    check()
    form = SignForm(request.POST, intent=intent)
    if not form.is_valid():
        return show(form, status=422)
    if (again := sign_in_again(request, about, request.path)) is not None:
        return again
    given = {"statement": form.cleaned_data["statement"]}
    answer = _answered(request, record, operation, form, about=about, url=url, said=_("Signed."), **given)
    return answer or show(form, status=422)


def declining(
    request: HttpRequest, record: Any, operation: Operation, *, about: str, url: str, **page: Any
) -> HttpResponse:
    """Do not sign it, saying why. `page` is what its page says besides (see `reasons.confirm`). The caller has asked the policy."""
    back = kept(request, about) if request.method != "POST" else None
    seen = record.open_offer.digest if record.open_offer else ""
    form = DeclineForm(request.POST if request.method == "POST" else back, initial={"seen": seen})
    if back is not None:
        _unchecked(form)
    if request.method == "POST" and form.is_valid():
        if (again := sign_in_again(request, about, request.path)) is not None:
            return again
        said, given = _("Your answer is kept beside the record."), {"reason": form.cleaned_data["reason"]}
        answer = _answered(request, record, operation, form, about=about, url=url, said=said, **given)
        if answer is not None:
            return answer
    return confirm(
        request,
        form,
        title=_("Do not sign this record"),
        text=_("A record that somebody declines is still a record: it is kept, with your reason beside it."),
        verb=_("Do not sign, and keep my reason"),
        url=url,
        **page,
    )


def _unchecked(form: Any) -> Any:
    form.unchecked()
    return form


def _answered(
    request: HttpRequest,
    record: Any,
    operation: Operation,
    form: Any,
    *,
    about: str,
    url: str,
    said: str,
    **given: Any,
) -> HttpResponse | None:
    """Where it leads once the answer is given; None when something in the form is not right."""
    data = form.cleaned_data
    evidence = signature(request, data["typed_name"])
    try:
        operation(record, by=request.user, evidence=evidence, seen=data["seen"], **given)
    except Stale as refusal:
        return conflict(request, what=refusal.message, url=url, forms=[form])
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return None
    forget(request, about)
    messages.success(request, said)
    return redirect(url)


def sending(
    request: HttpRequest,
    record: Any,
    operation: Operation,
    *,
    form: Callable[..., Any],
    show: Callable[..., HttpResponse],
    given: Callable[[dict[str, Any]], dict[str, Any]],
    about: str,
    url: str,
    done: str,
) -> HttpResponse:
    """Sign what one wrote oneself, and send it to the others. The caller has asked the policy.

    `form` makes the form, with what was posted or kept, or with nothing; `show` gives the draft as it will be read, with the
    form; `given` what the operation is told besides the signature, from what the form holds.
    """
    if request.method != "POST":
        back = kept(request, about)
        return show(_unchecked(form(back)) if back is not None else form())
    filled = form(request.POST)
    if not filled.is_valid():
        return show(filled, status=422)
    if (again := sign_in_again(request, about, request.path)) is not None:
        return again
    data = filled.cleaned_data
    try:
        operation(record, by=request.user, evidence=signature(request, data["typed_name"]), **given(data))
    except AlreadyDone:
        raise
    except WrongState as refusal:
        return conflict(request, what=refusal.message, url=url, forms=[filled])
    except Invalid as refusal:
        filled.add_error(refusal.field if refusal.field in filled.fields else None, refusal.message)
        return show(filled, status=422)
    forget(request, about)
    messages.success(request, done)
    return redirect(url)
