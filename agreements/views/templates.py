"""The agency's templates: the list, one template, its parts and limits, publishing, and files in and out. Administrators only."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from supervision.pages import differences
from supervision.pages.forms import PlainForm, posted, render_form
from supervision.pages.responses import conflict
from supervision.records.errors import Invalid, Stale, WrongState

from .. import standard, template_choice, template_file, template_pages, template_rules
from ..models import AgreementTemplate, TemplateEdition
from ..operations import templates as operations
from ..template_forms import (
    STANDARD,
    LimitWordsForm,
    RenameTemplateForm,
    SeenFileForm,
    StartTemplateForm,
    TemplateFileForm,
    TemplatePartForm,
)
from ..template_policy import check_can_keep_templates
from ..template_rules import Body, PartData
from .common import Request, get_and_post, number_sent

Save = Callable[[], HttpResponse]


def _list_url() -> str:
    return reverse("agreements:templates")


def _url(template: AgreementTemplate, name: str = "template", *more: Any) -> str:
    return reverse(f"agreements:{name}", args=[template.pk, *more])


def _at_part(template: AgreementTemplate, key: str) -> str:
    return f"{_url(template)}#part-{key}"


def _find(request: Request, pk: uuid.UUID) -> AgreementTemplate:
    """The template, for administrators. Everybody else is refused, whether it exists or not."""
    check_can_keep_templates(request.user)
    return get_object_or_404(AgreementTemplate, pk=pk)


def _preparing(request: Request, pk: uuid.UUID) -> tuple[AgreementTemplate, Body]:
    """A template and the edition that is being prepared. Raises WrongState when there is none."""
    found = _find(request, pk)
    if found.body is None or found.retired_on is not None:
        raise WrongState(_("No edition of this template is being prepared now. Begin the next one first."))
    return found, found.body


def _newest(found: AgreementTemplate) -> TemplateEdition | None:
    return TemplateEdition.objects.filter(template=found).order_by("-number").first()


def _attempt(request: Request, form: PlainForm, save: Save, *, here: str) -> HttpResponse | None:
    """What a form that was sent leads to. None when nothing was sent, or when the form says now what to fix."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        return save()
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    except WrongState as refusal:
        return conflict(request, what=refusal.message, url=here, forms=[form])
    return None


def _press(request: Request, write: Callable[[int], HttpResponse], *, here: str) -> HttpResponse:
    """A button without a form of its own; `write` is given the version that was on the page."""
    try:
        return write(number_sent(request, "version"))
    except Invalid as refusal:
        messages.error(request, refusal.message)
        return redirect(here)
    except WrongState as refusal:
        return conflict(request, what=refusal.message, url=here)


def _form_page(
    request: Request, found: AgreementTemplate | None, form: PlainForm, page: str = "form", **context: Any
) -> HttpResponse:
    back = {"back_url": _url(found), "back_label": found.name} if found else {}
    return render_form(
        request,
        f"agreements/templates/{page}.html",
        {"form": form, "template": found, **back, **context},
        invalid=bool(form.errors),
    )


# The list ----------------------------------------------------------------------------------------------------------


@require_safe
def templates(request: Request) -> HttpResponse:
    """Every template of the agency, and the one that comes with the software."""
    check_can_keep_templates(request.user)
    rows = list(template_pages.listed())
    in_use = [row for row in rows if row.newest and row.retired_on is None]  # type: ignore[attr-defined]
    context = {
        "rows": rows,
        "standard": standard.default(),
        "standard_in_use": not in_use,
        "standard_used": template_pages.started_from(None),
    }
    return render(request, "agreements/templates/list.html", context)


@get_and_post
def template_new(request: Request) -> HttpResponse:
    """Start a template, as a copy of another one."""
    check_can_keep_templates(request.user)
    editions = {str(one.pk): one for one in template_choice.choices()}
    labels = [(pk, standard.of_edition(one).label) for pk, one in editions.items()]
    initial = {"key": uuid.uuid4(), "start_from": STANDARD}
    form = StartTemplateForm(posted(request), initial=initial, editions=labels)

    def save() -> HttpResponse:
        data = form.cleaned_data
        chosen = editions.get(data["start_from"])
        made = operations.start_template(
            name=data["name"],
            from_=standard.of_edition(chosen) if chosen else None,
            key=data["key"],
            by=request.user,
        )
        messages.success(request, _("Started. Change what should be different, then publish it."))
        return redirect(_url(made))

    if answer := _attempt(request, form, save, here=_list_url()):
        return answer
    return _form_page(
        request,
        None,
        form,
        title=_("Start a template"),
        lead=_("You prepare it in your own time. Nobody starts an agreement from it before you publish it."),
        back_url=_list_url(),
        back_label=_("Agreement templates"),
        submit_label=_("Start this template"),
    )


# Reading -----------------------------------------------------------------------------------------------------------


@require_safe
def template(request: Request, pk: uuid.UUID) -> HttpResponse:
    """One template: the parts of the edition being prepared, or of the newest one, and what can be done with it."""
    found = _find(request, pk)
    editions = list(found.editions.defer("body").select_related("published_by").order_by("-number"))
    newest = editions[0] if editions else None
    edits = found.body is not None and found.retired_on is None
    body = found.body if edits else newest.body if newest else None
    context = {
        "template": found,
        "editions": editions,
        "newest": newest,
        "edits": edits,
        "next_number": newest.number + 1 if newest else 1,
        "parts": template_pages.part_rows(body) if body else [],
        "limits": template_pages.limit_rows(body) if body else [],
        "used": template_pages.started_from(found),
    }
    return render(request, "agreements/templates/detail.html", context)


@require_safe
def preview(request: Request, pk: uuid.UUID) -> HttpResponse:
    """How an agreement would read: from the edition asked for, otherwise from the one being prepared or the newest."""
    found = _find(request, pk)
    name, number, body = _asked_for(request, found)
    return _preview(request, name, number, body, back_url=_url(found), back_label=found.name)


@require_safe
def standard_template(request: Request) -> HttpResponse:
    """How an agreement from the standard template reads."""
    check_can_keep_templates(request.user)
    shipped, body = standard.default(), template_rules.body_of(standard.default())
    title, back = _("Standard template"), _("Agreement templates")
    return _preview(request, title, shipped.edition, body, back_url=_list_url(), back_label=back)


def _preview(request: Request, name: str, number: int | None, body: Body, **context: str) -> HttpResponse:
    parts = template_pages.preview(body)
    context["people"] = template_pages.example_names()
    return render(
        request,
        "agreements/templates/preview.html",
        {"name": name, "number": number, "parts": parts, **context},
    )


def _asked_for(request: Request, found: AgreementTemplate) -> tuple[str, int | None, Body]:
    """Name, number and body of the edition that `?edition=` names; without it what is being prepared, or the newest.

    Raises WrongState when there is no such edition.
    """
    asked = request.GET.get("edition", "")
    editions = TemplateEdition.objects.filter(template=found)
    if asked.isascii() and asked.isdigit() and len(asked) < 5:
        edition = editions.filter(number=int(asked)).first()
    elif found.body is not None:
        return found.name, None, found.body
    else:
        edition = editions.order_by("-number").first()
    if edition is None:
        raise WrongState(_("There is no such edition of this template."))
    return edition.name, edition.number, edition.body


# The template as a whole -------------------------------------------------------------------------------------------


@get_and_post
def rename(request: Request, pk: uuid.UUID) -> HttpResponse:
    found = _find(request, pk)
    form = RenameTemplateForm(posted(request), initial={"name": found.name, "version": found.version})

    def save() -> HttpResponse:
        operations.rename_template(template=found, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect(_url(found))

    if answer := _attempt(request, form, save, here=_url(found)):
        return answer
    return _form_page(
        request,
        found,
        form,
        title=_("Rename this template"),
        lead=_(
            "It is called so from the next edition on. Agreements keep the name of the edition they came from."
        ),
    )


@get_and_post
def retire(request: Request, pk: uuid.UUID) -> HttpResponse:
    found = _find(request, pk)
    if request.method == "POST":

        def write(version: int) -> HttpResponse:
            operations.retire(template=found, version=version, by=request.user)
            messages.success(request, _("Retired. It can be brought back at any time."))
            return redirect(_url(found))

        return _press(request, write, here=_url(found))
    return _confirm(
        request,
        found,
        title=_("Retire “%(name)s”") % {"name": found.name},
        text=_(
            "No agreement is started from it any more. Those that were stay as they are, and it can be brought back."
        ),
        verb=_("Retire it"),
    )


@get_and_post
def bring_back(request: Request, pk: uuid.UUID) -> HttpResponse:
    found = _find(request, pk)
    if request.method == "POST":

        def write(version: int) -> HttpResponse:
            operations.bring_back(template=found, version=version, by=request.user)
            messages.success(request, _("It is back."))
            return redirect(_url(found))

        return _press(request, write, here=_url(found))
    return _confirm(
        request,
        found,
        title=_("Bring back “%(name)s”") % {"name": found.name},
        text=_("Agreements can be started from its newest edition again."),
        verb=_("Bring it back"),
        cancel_label=_("Leave it retired"),
    )


def _confirm(request: Request, found: AgreementTemplate, **words: str) -> HttpResponse:
    back = {"back_url": _url(found), "back_label": found.name, "cancel_url": _url(found)}
    return render(request, "confirm_page.html", {"version": found.version, **back, **words})


# Preparing an edition ----------------------------------------------------------------------------------------------


@require_POST
def prepare(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Begin the next edition as the newest one reads."""
    found = _find(request, pk)

    def write(version: int) -> HttpResponse:
        operations.prepare_next(template=found, version=version, by=request.user)
        messages.success(
            request, _("Change what should be different. Nothing changes for anybody until you publish.")
        )
        return redirect(_url(found))

    return _press(request, write, here=_url(found))


@get_and_post
def discard(request: Request, pk: uuid.UUID) -> HttpResponse:
    found, _body = _preparing(request, pk)
    newest = _newest(found)
    if request.method == "POST":

        def write(version: int) -> HttpResponse:
            left = operations.discard_preparation(template=found, version=version, by=request.user)
            messages.success(request, _("Discarded."))
            return redirect(_url(found) if left else _list_url())

        return _press(request, write, here=_url(found))
    if newest:
        text = _("What you prepared is thrown away. Edition %(n)d stays in use.") % {"n": newest.number}
    else:
        text = _("It was never published, so the whole template is thrown away.")
    title = _("Discard what is being prepared of “%(name)s”") % {"name": found.name}
    return _confirm(request, found, title=title, text=text, verb=_("Discard it"))


@get_and_post
def publish(request: Request, pk: uuid.UUID) -> HttpResponse:
    """What the new edition changes, and the button that publishes it."""
    found = _find(request, pk)
    if request.method == "POST":

        def write(version: int) -> HttpResponse:
            edition = operations.publish(template=found, version=version, by=request.user)
            said = _("Edition %(n)d is published. Agreements are started from it from now on.")
            messages.success(request, said % {"n": edition.number})
            return redirect(_url(found))

        try:
            return write(number_sent(request, "version"))
        except Invalid:
            found = _find(request, pk)
        except WrongState as refusal:
            return conflict(request, what=refusal.message, url=_url(found))
    found, body = _preparing(request, pk)
    newest = _newest(found)
    wrong = template_rules.check(body)
    context = {
        "template": found,
        "number": newest.number + 1 if newest else 1,
        "newest": newest,
        "problems": wrong,
        "changes": template_pages.changes(newest.body, body) if newest else [],
        "renamed": bool(newest) and newest.name != found.name,  # type: ignore[union-attr]
        "invalid": request.method == "POST",
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "agreements/templates/publish.html", context, status=status)


# Parts and limits --------------------------------------------------------------------------------------------------


@get_and_post
def part(request: Request, pk: uuid.UUID, key: str) -> HttpResponse:
    """Change one part of the edition being prepared."""
    found, body = _preparing(request, pk)
    held = template_pages.part_of(body, key)
    if held is None and request.method == "POST":
        gone = _("This part was removed meanwhile.")
        return conflict(request, what=gone, url=_url(found), forms=[TemplatePartForm(request.POST)])
    if held is None:
        return _no_such_part(request)
    form = TemplatePartForm(
        posted(request),
        initial=TemplatePartForm.initial_of(held, found.version),
        must_be_required=template_rules.needs_words(key),
    )
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_part(
                template=found, key=key, version=form.cleaned_data["version"], by=request.user, **form.part
            )
        except Stale as refusal:
            return _beside_theirs(request, pk, key, form, refusal.message)
        except Invalid as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        except WrongState as refusal:
            return conflict(request, what=refusal.message, url=_url(found), forms=[form])
        else:
            messages.success(request, _("“%(title)s” is saved.") % {"title": form.cleaned_data["title"]})
            return redirect(_at_part(found, key))
    return _part_page(request, found, form, held=held)


def _beside_theirs(
    request: Request, pk: uuid.UUID, key: str, form: TemplatePartForm, reason: str
) -> HttpResponse:
    """409: how the part stands now beside what was typed. Saving again puts the typed words in its place, knowingly."""
    found = AgreementTemplate.objects.filter(pk=pk).first()
    held = template_pages.part_of(found.body, key) if found is not None and found.body else None
    if found is None or held is None:
        url = _url(found) if found is not None else _list_url()
        return conflict(request, what=reason, url=url, forms=[form])
    again = TemplatePartForm(
        initial=TemplatePartForm.initial_of(held | form.part, found.version),
        must_be_required=template_rules.needs_words(key),
    )
    theirs = differences.words(held["text"], form.part["text"])
    return _part_page(request, found, again, held=held, theirs=theirs)


def _part_page(
    request: Request,
    found: AgreementTemplate,
    form: TemplatePartForm,
    *,
    held: PartData | None,
    theirs: differences.Difference | None = None,
) -> HttpResponse:
    """The form of one part, or of a new one when `held` is None."""
    before, after = template_pages.set_sentences(held["key"], found.body or {}) if held else ([], [])
    context = {
        "template": found,
        "form": form,
        "held": held,
        "is_own": held is None or not template_rules.is_standard(held["key"]),
        "before": before,
        "after": after,
        "theirs": theirs,
        "people": template_pages.example_names(),
        "back_url": _at_part(found, held["key"]) if held else _url(found),
        "invalid": bool(form.errors),
    }
    status = 409 if theirs is not None else 422 if form.errors else 200
    return render(request, "agreements/templates/part.html", context, status=status)


def _no_such_part(request: Request) -> HttpResponse:
    return render(request, "404.html", {"reason": _("There is no such part in this template.")}, status=404)


@get_and_post
def part_add(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Add a part of the agency's own, before the signatures."""
    found, _body = _preparing(request, pk)
    form = TemplatePartForm(posted(request), initial={"version": found.version})

    def save() -> HttpResponse:
        changed = operations.add_part(
            template=found, version=form.cleaned_data["version"], by=request.user, **form.part
        )
        messages.success(request, _("Added, before the signatures. Move it to where it belongs."))
        return redirect(_at_part(changed, (changed.body or {})["parts"][-2]["key"]))

    if answer := _attempt(request, form, save, here=_url(found)):
        return answer
    return _part_page(request, found, form, held=None)


@require_POST
def move(request: Request, pk: uuid.UUID, key: str) -> HttpResponse:
    """Put a part one place up or down; `to` is the place that the button named."""
    found, _body = _preparing(request, pk)

    def write(version: int) -> HttpResponse:
        to = number_sent(request, "to")
        operations.move_part(template=found, key=key, to=to, version=version, by=request.user)
        return redirect(_at_part(found, key))

    return _press(request, write, here=_url(found))


@get_and_post
def remove(request: Request, pk: uuid.UUID, key: str) -> HttpResponse:
    found, body = _preparing(request, pk)
    held = template_pages.part_of(body, key)
    if request.method == "POST":

        def write(version: int) -> HttpResponse:
            operations.remove_part(template=found, key=key, version=version, by=request.user)
            messages.success(request, _("Removed."))
            return redirect(_url(found))

        return _press(request, write, here=_url(found))
    if held is None or template_rules.is_standard(key):
        return _no_such_part(request)
    return _confirm(
        request,
        found,
        title=_("Remove “%(title)s”") % {"title": held["title"]},
        text=_(
            "The edition you prepare will not have this part. Agreements that were started with it keep it."
        ),
        verb=_("Remove it"),
    )


@get_and_post
def limits(request: Request, pk: uuid.UUID) -> HttpResponse:
    """What the agency adds to the five limits."""
    found, body = _preparing(request, pk)
    form = LimitWordsForm(posted(request), initial=body["limits"] | {"version": found.version})

    def save() -> HttpResponse:
        version = form.cleaned_data["version"]
        operations.change_limits(template=found, words=form.words, version=version, by=request.user)
        messages.success(request, _("Saved."))
        return redirect(f"{_url(found)}#limits")

    if answer := _attempt(request, form, save, here=_url(found)):
        return answer
    return _form_page(
        request,
        found,
        form,
        title=_("Words that extend the five limits"),
        lead=_(
            "The five limits stand in every agreement and can’t be taken out. What you add follows them in the same line, such as"
            " where to find the code of conduct."
        ),
    )


# Files -------------------------------------------------------------------------------------------------------------


def _file(name: str, number: int | None, body: Body) -> HttpResponse:
    data = template_file.write(name, number, body)
    response = HttpResponse(data, content_type="application/toml; charset=utf-8")
    named = template_pages.file_name(name, number)
    response["Content-Disposition"] = f'attachment; filename="{named}"'
    return response


@require_safe
def export(request: Request, pk: uuid.UUID) -> HttpResponse:
    """An edition, or what is being prepared, as a file."""
    found = _find(request, pk)
    return _file(*_asked_for(request, found))


@require_safe
def standard_export(request: Request) -> HttpResponse:
    """The template that comes with the software, as a file."""
    check_can_keep_templates(request.user)
    shipped = standard.default()
    return _file(shipped.name, shipped.edition, template_rules.body_of(shipped))


@get_and_post
def import_file(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Take a template from a file: first look at what it changes, then put it in the place of what is being prepared."""
    found = _find(request, pk)
    if found.retired_on is not None:
        raise WrongState(_("This template is retired. Bring it back first."))
    if "words" in request.POST:
        return _take_over(request, found)
    form = TemplateFileForm(
        posted(request),
        request.FILES if request.method == "POST" else None,
        initial={"version": found.version},
    )
    if request.method == "POST" and form.is_valid():
        return _look_at_file(request, found, form.body, form.words, form.cleaned_data["version"])
    return _import_page(request, found, form)


def _import_page(request: Request, found: AgreementTemplate, form: PlainForm) -> HttpResponse:
    return _form_page(
        request,
        found,
        form,
        title=_("Import a template from a file"),
        lead=_("You see what it changes before anything is replaced."),
        submit_label=_("Look at this file"),
    )


def _look_at_file(
    request: Request, found: AgreementTemplate, body: Body, words: str, version: int
) -> HttpResponse:
    """What the file would change, and the button that takes it over. Nothing is kept meanwhile: the page carries its words."""
    newest = _newest(found) if found.body is None else None
    before = found.body or (newest.body if newest else template_pages.NOTHING)
    context = {
        "template": found,
        "words": words,
        "version": version,
        "replaces": found.body is not None,
        "changes": template_pages.changes(before, body),
        "parts": template_pages.preview(body),
        "people": template_pages.example_names(),
    }
    return render(request, "agreements/templates/import.html", context)


def _take_over(request: Request, found: AgreementTemplate) -> HttpResponse:
    form = SeenFileForm(request.POST)
    if not form.is_valid():  # only when somebody changed what the page carried: ask for the file again
        return _import_page(request, found, TemplateFileForm(request.POST, None))
    try:
        operations.replace_body(
            template=found, body=form.body, version=form.cleaned_data["version"], by=request.user
        )
    except WrongState as refusal:
        return conflict(request, what=refusal.message, url=_url(found))
    messages.success(request, _("Taken over. Read it through, then publish it."))
    return redirect(_url(found))
