"""The agency's templates: an edition is prepared part by part, or taken from a file, and then published. By administrators only.

A published edition never changes; agreements keep the one they came from. Each operation takes the `version` of the template that
the person was looking at, and raises Stale when somebody changed it meanwhile. Sending the same thing twice does it once.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.people.models import User
from supervision.records import audit
from supervision.records.errors import Invalid, Stale, WrongState

from .. import standard, template_rules
from ..models import AgreementTemplate, TemplateEdition
from ..template_policy import check_can_keep_templates
from ..template_rules import Body, PartData

# The template as a whole -------------------------------------------------------------------------------------------


@transaction.atomic
def start_template(
    *, name: str, by: User, from_: standard.Template | None = None, key: uuid.UUID | None = None
) -> AgreementTemplate:
    """A new template whose first edition is prepared from another one, by default the one shipped with the software.

    `key` becomes its id, so that a form sent twice makes one. Raises Denied, or Invalid for a name that can't be taken.
    """
    check_can_keep_templates(by)
    if key is not None and (made := AgreementTemplate.objects.filter(pk=key, made_by=by).first()):
        return made
    template = AgreementTemplate(
        id=key or uuid.uuid4(),
        name=_checked_name(name),
        body=template_rules.body_of(from_ or standard.default()),
        made_by=by,
    )
    _save_name(template, force_insert=True)
    audit.record(by, "template started", about=template)
    return template


@transaction.atomic
def rename_template(*, template: AgreementTemplate, name: str, version: int, by: User) -> AgreementTemplate:
    """Another name, from the next edition on. Raises Denied, Stale, Invalid."""
    found = _lock(template, by)
    name = _checked_name(name, besides=found)
    if found.name == name:
        return found
    _check_version(found, version)
    found.name = name
    found.version += 1
    _save_name(found, update_fields=["name", "version"])
    audit.record(by, "template renamed", about=found)
    return found


def _checked_name(name: str, *, besides: AgreementTemplate | None = None) -> str:
    name = template_rules.tidied_words(name)
    if not name:
        raise Invalid(_("Give the template a name."), field="name")
    for what in template_rules.look_at_name(name):
        raise Invalid(what, field="name")
    others = AgreementTemplate.objects.filter(name__iexact=name)
    if besides is not None:
        others = others.exclude(pk=besides.pk)
    if others.exists():
        raise Invalid(_name_taken(), field="name")
    return name


def _save_name(template: AgreementTemplate, **how: Any) -> None:
    """Save a name that was free a moment ago. Raises Invalid when somebody else took it in the same instant."""
    try:
        with transaction.atomic():
            template.save(**how)
    except IntegrityError:
        raise Invalid(_name_taken(), field="name") from None


def _name_taken() -> str:
    return _("There is a template with this name already.")


@transaction.atomic
def retire(*, template: AgreementTemplate, version: int, by: User) -> AgreementTemplate:
    """From now on no agreement is started from it; those that were stay as they are. Raises Denied, Stale."""
    found = _lock(template, by)
    if found.retired_on is not None:
        return found
    _check_version(found, version)
    found.retired_on = timezone.localdate()
    return _save(found, "retired_on", by=by, action="template retired")


@transaction.atomic
def bring_back(*, template: AgreementTemplate, version: int, by: User) -> AgreementTemplate:
    """Agreements can be started from it again. Raises Denied, Stale."""
    found = _lock(template, by)
    if found.retired_on is None:
        return found
    _check_version(found, version)
    found.retired_on = None
    return _save(found, "retired_on", by=by, action="template brought back")


# Preparing an edition ----------------------------------------------------------------------------------------------


@transaction.atomic
def prepare_next(*, template: AgreementTemplate, version: int, by: User) -> AgreementTemplate:
    """Begin the next edition as the newest one reads. Raises Denied, Stale, WrongState when the template is retired."""
    found = _lock(template, by)
    if found.body is not None:
        return found
    _check_version(found, version)
    _check_in_use(found)
    newest = _newest(found)
    found.body = newest.body if newest else template_rules.body_of(standard.default())
    return _save(found, "body", by=by, action="template edition begun")


@transaction.atomic
def discard_preparation(*, template: AgreementTemplate, version: int, by: User) -> AgreementTemplate | None:
    """Throw away what is being prepared. A template that was never published goes as a whole: None.

    Raises Denied, Stale.
    """
    found = AgreementTemplate.objects.filter(pk=template.pk).first()
    if found is None:
        check_can_keep_templates(by)
        return None
    found = _lock(found, by)
    if found.body is None:
        return found
    _check_version(found, version)
    if _newest(found) is None:
        audit.record(by, "template discarded", about=found)
        found.delete()
        return None
    found.body = None
    return _save(found, "body", by=by, action="template edition discarded")


@transaction.atomic
def replace_body(*, template: AgreementTemplate, body: Body, version: int, by: User) -> AgreementTemplate:
    """Prepare an edition from a file that template_file.read has taken, in the place of what was being prepared.

    Raises Denied, Stale, Invalid (everything that is wrong with it, in one message), WrongState when it is retired.
    """
    found = _lock(template, by)
    if found.body == body:
        return found
    _check_version(found, version)
    _check_in_use(found)
    if wrong := template_rules.check(body):
        raise Invalid(" ".join(wrong))
    found.body = body
    facts = {"parts": len(body["parts"])}
    return _save(found, "body", by=by, action="template edition imported", facts=facts)


@transaction.atomic
def publish(*, template: AgreementTemplate, version: int, by: User) -> TemplateEdition:
    """Make what is prepared the newest edition: from now on agreements start from it. Pressed twice it makes one.

    Raises Denied, Stale, Invalid (everything that keeps it from being published, in one message), and WrongState when nothing
    is being prepared, nothing is different, or the template is retired.
    """
    found = _lock(template, by)
    newest = _newest(found)
    if newest is not None and _was_just_published(found, newest, version, by):
        return newest
    _check_version(found, version)
    body = _prepared(found)
    if wrong := template_rules.check(body):
        raise Invalid(" ".join(wrong))
    if newest is not None and (newest.body, newest.name) == (body, found.name):
        said = _("It reads just as edition %(n)d does. Change something first, or discard it.")
        raise WrongState(said % {"n": newest.number})
    number = newest.number + 1 if newest else 1
    edition = TemplateEdition(template=found, number=number, name=found.name, body=body, published_by=by)
    edition.save()
    found.body = None
    _save(found, "body", by=by, action="template edition published", facts={"number": number}, covers=edition)
    return edition


def _was_just_published(found: AgreementTemplate, newest: TemplateEdition, version: int, by: User) -> bool:
    """Whether this is the second press of the same button."""
    return found.body is None and found.version == version + 1 and newest.published_by_id == by.pk


# The parts of the prepared edition ---------------------------------------------------------------------------------


@transaction.atomic
def change_part(
    *,
    template: AgreementTemplate,
    key: str,
    title: str,
    text: str,
    required: bool,
    guidance: list[str],
    sources: str,
    version: int,
    by: User,
) -> AgreementTemplate:
    """Another title, wording or guidance for one part.

    Raises Denied, Stale (also when the part is gone), Invalid naming the field, WrongState when nothing is being prepared.
    """
    found = _lock(template, by)
    parts = _parts(found)
    index = _position(parts, key)
    changed = _part(key, title, text, required, guidance, sources)
    if index is not None and parts[index] == changed:
        return found
    _check_version(found, version)
    if index is None:
        raise Stale(_("This part was removed meanwhile."))
    parts[index] = changed
    return _save_parts(found, parts, by=by, action="template part changed", position=index)


@transaction.atomic
def add_part(
    *,
    template: AgreementTemplate,
    title: str,
    text: str,
    required: bool,
    guidance: list[str],
    sources: str,
    version: int,
    by: User,
) -> AgreementTemplate:
    """A part of the agency's own, before the signatures. Raises as `change_part`."""
    found = _lock(template, by)
    parts = _parts(found)
    made = _part("", title, text, required, guidance, sources)
    if found.version != version and any(part | {"key": ""} == made for part in parts):
        return found  # the second press of the same button
    _check_version(found, version)
    made["key"] = template_rules.new_key(made["title"], {part["key"] for part in parts})
    index = len(parts) - 1
    parts.insert(index, made)
    return _save_parts(found, parts, by=by, action="template part added", position=index)


@transaction.atomic
def move_part(*, template: AgreementTemplate, key: str, to: int, version: int, by: User) -> AgreementTemplate:
    """Put a part at the position `to`, counted from 0, between the parties and the signatures, which stay where they are.

    Raises as `change_part`.
    """
    found = _lock(template, by)
    parts = _parts(found)
    index = _position(parts, key)
    if index == to:
        return found
    _check_version(found, version)
    if index is None or key in (template_rules.FIRST, template_rules.LAST) or not 0 < to < len(parts) - 1:
        raise Invalid(_("This part can’t be moved there."))
    parts.insert(to, parts.pop(index))
    return _save_parts(found, parts, by=by, action="template part moved", position=to)


@transaction.atomic
def remove_part(*, template: AgreementTemplate, key: str, version: int, by: User) -> AgreementTemplate:
    """Take out a part of the agency's own. Raises as `change_part`, and WrongState for one of the twelve."""
    found = _lock(template, by)
    parts = _parts(found)
    index = _position(parts, key)
    if index is None:
        return found
    if template_rules.is_standard(key):
        raise WrongState(_("Every agreement has this part. You can change its words, and not take it out."))
    _check_version(found, version)
    del parts[index]
    return _save_parts(found, parts, by=by, action="template part removed", position=index)


@transaction.atomic
def change_limits(
    *, template: AgreementTemplate, words: dict[str, str], version: int, by: User
) -> AgreementTemplate:
    """What the agency adds to the five limits, by key; empty words add nothing. The limits themselves always stand.

    Raises as `change_part`.
    """
    found = _lock(template, by)
    body = _prepared(found)
    limits = template_rules.tidied_limits(words)
    if body["limits"] == limits:
        return found
    _check_version(found, version)
    return _save_body(found, body | {"limits": limits}, by=by, action="template limits changed")


def _part(key: str, title: str, text: str, required: bool, guidance: list[str], sources: str) -> PartData:
    return template_rules.tidied_part(
        {
            "key": key,
            "title": title,
            "text": text,
            "required": required or template_rules.needs_words(key),
            "guidance": guidance,
            "sources": sources,
        }
    )


def _parts(found: AgreementTemplate) -> list[PartData]:
    return list(_prepared(found)["parts"])


def _position(parts: list[PartData], key: str) -> int | None:
    return next((index for index, part in enumerate(parts) if part["key"] == key), None)


# Shared ------------------------------------------------------------------------------------------------------------


def _lock(template: AgreementTemplate, by: User) -> AgreementTemplate:
    """The template as it is now, locked, for whoever may keep it. Raises Denied, or Stale when it was discarded as a whole."""
    check_can_keep_templates(by)
    found = AgreementTemplate.objects.select_for_update(no_key=True).filter(pk=template.pk).first()
    if found is None:
        raise Stale(_("This template was discarded meanwhile."))
    return found


def _check_version(found: AgreementTemplate, version: int) -> None:
    if found.version != version:
        raise Stale(_("Somebody changed this template while you were writing."))


def _check_in_use(found: AgreementTemplate) -> None:
    if found.retired_on is not None:
        raise WrongState(_("This template is retired. Bring it back first."))


def _prepared(found: AgreementTemplate) -> Body:
    """The edition being prepared. Raises WrongState when there is none, or the template is retired."""
    _check_in_use(found)
    if found.body is None:
        raise WrongState(_("No edition of this template is being prepared now. Begin the next one first."))
    return dict(found.body)


def _newest(found: AgreementTemplate) -> TemplateEdition | None:
    return TemplateEdition.objects.filter(template=found).order_by("-number").first()


def _save_parts(
    found: AgreementTemplate, parts: list[PartData], *, by: User, action: str, position: int
) -> AgreementTemplate:
    body = {**_prepared(found), "parts": parts}
    return _save_body(found, body, by=by, action=action, facts={"position": position + 1})


def _save_body(
    found: AgreementTemplate, body: Body, *, by: User, action: str, facts: dict[str, Any] | None = None
) -> AgreementTemplate:
    """Keep a changed body. Raises Invalid for the first thing that this change makes wrong."""
    before = {problem.said() for problem in template_rules.problems(found.body)}
    for problem in template_rules.problems(body):
        if problem.said() not in before:
            raise Invalid(problem.what, field=problem.field)
    found.body = body
    return _save(found, "body", by=by, action=action, facts=facts)


def _save(
    found: AgreementTemplate,
    field: str,
    *,
    by: User,
    action: str,
    facts: dict[str, Any] | None = None,
    covers: TemplateEdition | None = None,
) -> AgreementTemplate:
    found.version += 1
    found.save(update_fields=[field, "version"])
    audit.record(by, action, about=found, covers=covers, facts=facts)
    return found
