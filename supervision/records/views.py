"""The verification page: for whoever holds a PDF and wonders whether it is genuine (decision 7)."""

from __future__ import annotations

from typing import Any

from allauth.core import ratelimit
from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from supervision.pages import words
from supervision.pages.forms import PlainForm, render_form

from . import audit, drafts, typed, verification

LARGEST_BYTES = 25 * 1024 * 1024


class FileForm(PlainForm):
    """The PDF that somebody holds. It is hashed in memory and forgotten."""

    file = forms.FileField(
        label=_("The PDF file"),
        error_messages={
            "required": _("Choose the PDF file that you want to check"),
            "empty": _("That file is empty. Choose the PDF file that you want to check"),
        },
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_BYTES:
            raise forms.ValidationError(_("That file is larger than 25 MB, so it is not one of ours."))
        return file


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Genuine or not known, and for a genuine file: what it is, when it was sealed and who signed it."""
    if not ratelimit.consume(request, action="verify"):
        return render(request, "429.html", status=429)
    # Whoever is signed in keeps their way around; the answer is the same for everybody.
    from .certificate import key_marks  # no other page loads what it takes

    page = {
        "frame": "base.html" if request.user.is_authenticated else "base_plain.html",
        "key_marks": key_marks(),
    }
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if request.method != "POST" or not form.is_valid():
        return render_form(
            request, "records/check.html", {**page, "form": form}, invalid=request.method == "POST"
        )
    answer = verification.of_file(form.cleaned_data["file"].chunks())
    if answer.record is not None:
        audit.checked(request.user if request.user.is_authenticated else None, *answer.record)
    return render(request, "records/check.html", {**page, "form": FileForm(), "answer": answer})


@require_http_methods(["GET", "HEAD", "POST"])
def typed_words(request: HttpRequest) -> HttpResponse:
    """What this person typed into a form and did not send: kept (POST), and given back to the page of that form (GET).

    Nobody else's words are ever here: drafts are asked for by who is signed in.
    """
    if request.method == "POST":
        if typed.is_too_much(request):
            return HttpResponse(status=413)
        return HttpResponse(status=204 if typed.keep_form(request) else 409)
    found = drafts.kept(request.user, typed.about_form(request.GET.get("form", "")))
    if found is None:
        return HttpResponse(status=204)
    when = timezone.localtime(found[1])
    return JsonResponse(
        {
            "words": found[0],
            "said": gettext("This is what you had typed by %(when)s.")
            % {"when": f"{words.day(when)}, {words.clock(when)}"},
            "note": gettext("It was kept for you alone and has not been sent."),
            "newer": gettext(
                "This was saved anew since then, so your words are not in the form. Copy what you need:"
            ),
            "leave": gettext("Leave it, and start from what is saved"),
        }
    )
