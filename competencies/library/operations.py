"""How frameworks come in: those that are shipped, as the server is prepared, and the agency's own, loaded by administrators.

A published version never changes. Each operation of an administrator takes the `version` of the framework that they were looking
at, and raises Stale when somebody changed it meanwhile. Sending the same thing twice does it once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.people.models import User
from supervision.records import audit
from supervision.records.errors import AlreadyDone, Invalid, Stale, WrongState

from . import framework_file
from .models import Framework, FrameworkVersion
from .policy import check_can_keep_frameworks
from .shape import Content, as_data, of_data

FOLDER = Path(__file__).parents[1] / "frameworks"


def shipped(folder: Path = FOLDER) -> list[Content]:
    """The frameworks that come with the software, by file name. Raises FileFaults when one of them is not sound."""
    return [framework_file.read(path.read_bytes(), name=path.name) for path in sorted(folder.glob("*.toml"))]


@transaction.atomic
def bring_in(contents: Iterable[Content]) -> list[FrameworkVersion]:
    """Publish each that is new or reads differently than its newest version; the versions made. Safe to repeat.

    A file with a lower version than the newest is left alone: an older copy of the software was started by mistake.
    """
    made = []
    for content in contents:
        framework, _is_new = Framework.objects.get_or_create(key=content.key, is_shipped=True)
        framework = Framework.objects.select_for_update(no_key=True).get(pk=framework.pk)
        if (version := _next_version(framework, content)) is not None:
            version.save()
            facts = {"number": version.number}
            audit.record(None, "framework version published", about=framework, covers=version, facts=facts)
            made.append(version)
    return made


def _next_version(framework: Framework, content: Content) -> FrameworkVersion | None:
    newest = _newest(framework)
    made = digest(content)
    if newest is not None and (made == newest.digest or content.version < newest.number):
        return None
    return _version(framework, content, max(content.version, newest.number + 1 if newest else 1), by=None)


def _version(framework: Framework, content: Content, number: int, *, by: User | None) -> FrameworkVersion:
    return FrameworkVersion(
        framework=framework,
        number=number,
        title=content.title,
        about=content.about,
        content=as_data(content),
        digest=digest(content),
        published_by=by,
    )


def _newest(framework: Framework) -> FrameworkVersion | None:
    return FrameworkVersion.objects.filter(framework=framework).order_by("-number").first()


def digest(content: Content) -> str:
    """A mark of everything that it says."""
    written = json.dumps(as_data(content), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


# The agency's own --------------------------------------------------------------------------------------------------


@transaction.atomic
def load(*, content: Content, by: User) -> Framework:
    """A framework of the agency's own, to be looked at before it is published.

    Raises Denied; Invalid when its key is taken; AlreadyDone when this very person has just loaded the same.
    """
    check_can_keep_frameworks(by)
    if Framework.objects.filter(key=content.key, is_shipped=True).exists():
        raise Invalid(
            _("This key belongs to a framework that comes with Common Hour. Choose another “key”."),
            field="file",
        )
    framework = Framework(key=content.key, draft=as_data(content), made_by=by)
    try:
        with transaction.atomic():
            framework.save()
    except IntegrityError:
        _refuse_second(content, by)
    audit.record(by, "framework loaded", about=framework)
    return framework


def _refuse_second(content: Content, by: User) -> None:
    found = Framework.objects.get(key=content.key, is_shipped=False)
    if found.draft == as_data(content) and found.made_by_id == by.pk:
        raise AlreadyDone(_("You have loaded this file already."))
    raise Invalid(_("There is a framework with this key. Load the file from its own page."), field="file")


@transaction.atomic
def load_again(*, framework: Framework, content: Content, version: int, by: User) -> Framework:
    """Another file for a framework of the agency's own, in the place of what is being looked at.

    Raises Denied, Stale, WrongState when it is retired or shipped, Invalid when the file is of another framework.
    """
    found = _lock(framework, by)
    if found.key != content.key:
        said = _("This file is of another framework: its “key” is “%(theirs)s”, not “%(key)s”.")
        raise Invalid(said % {"theirs": content.key, "key": found.key}, field="file")
    if found.draft == as_data(content):
        return found
    _check_version(found, version)
    check_can_be_loaded(found)
    found.draft = as_data(content)
    return _save(found, "draft", by=by, action="framework loaded")


@transaction.atomic
def publish(*, framework: Framework, version: int, by: User) -> FrameworkVersion:
    """Make what was loaded the newest version, for everybody to read. Pressed twice it makes one.

    Raises Denied, Stale, and WrongState when nothing was loaded, nothing is different, or the framework is retired.
    """
    found = _lock(framework, by)
    newest = _newest(found)
    if newest is not None and _was_just_published(found, newest, version, by):
        return newest
    _check_version(found, version)
    _check_in_use(found)
    if found.draft is None:
        raise WrongState(_("Nothing is waiting to be published. Load a file first."))
    number = newest.number + 1 if newest else 1
    if newest is not None and found.draft | {"version": 0} == newest.content | {"version": 0}:
        raise WrongState(_("It reads just as version %(n)d does.") % {"n": newest.number})
    made = _version(found, of_data(found.draft | {"version": number}), number, by=by)
    made.save()
    found.draft = None
    facts = {"number": number}
    _save(found, "draft", by=by, action="framework version published", facts=facts, covers=made)
    return made


def _was_just_published(found: Framework, newest: FrameworkVersion, version: int, by: User) -> bool:
    """Whether this is the second press of the same button."""
    return found.draft is None and found.version == version + 1 and newest.published_by_id == by.pk


@transaction.atomic
def discard(*, framework: Framework, version: int, by: User) -> Framework | None:
    """Throw away what was loaded and not published. A framework that was never published goes as a whole: None.

    Raises Denied, Stale.
    """
    check_can_keep_frameworks(by)
    if not Framework.objects.filter(pk=framework.pk).exists():
        return None
    found = _lock(framework, by)
    if found.draft is None:
        return found
    _check_version(found, version)
    if _newest(found) is None:
        audit.record(by, "framework discarded", about=found)
        found.delete()
        return None
    found.draft = None
    return _save(found, "draft", by=by, action="framework draft discarded")


@transaction.atomic
def retire(*, framework: Framework, version: int, by: User) -> Framework:
    """From now on nothing is begun with it, shipped or not. What was made with it keeps it. Raises Denied, Stale, WrongState."""
    found = _lock(framework, by)
    if found.retired_on is not None:
        return found
    _check_version(found, version)
    if _newest(found) is None:
        raise WrongState(_("It was never published. Discard it instead."))
    found.retired_on = timezone.localdate()
    return _save(found, "retired_on", by=by, action="framework retired")


@transaction.atomic
def bring_back(*, framework: Framework, version: int, by: User) -> Framework:
    """It can be used again. Raises Denied, Stale."""
    found = _lock(framework, by)
    if found.retired_on is None:
        return found
    _check_version(found, version)
    found.retired_on = None
    return _save(found, "retired_on", by=by, action="framework brought back")


def _lock(framework: Framework, by: User) -> Framework:
    """The framework as it is now, locked, for whoever may keep it. Raises Denied, or Stale when it was discarded as a whole."""
    check_can_keep_frameworks(by)
    found = Framework.objects.select_for_update(no_key=True).filter(pk=framework.pk).first()
    if found is None:
        raise Stale(_("This framework was discarded meanwhile."))
    return found


def _check_version(found: Framework, version: int) -> None:
    if found.version != version:
        raise Stale(_("Somebody changed this framework meanwhile."))


def check_can_be_loaded(found: Framework) -> None:
    """One of the agency's own, in use. Raises WrongState."""
    if found.is_shipped:
        raise WrongState(
            _("This framework comes with Common Hour. To change it, load a copy under another key.")
        )
    _check_in_use(found)


def _check_in_use(found: Framework) -> None:
    if found.retired_on is not None:
        raise WrongState(_("This framework is retired. Bring it back first."))


def _save(
    found: Framework,
    field: str,
    *,
    by: User,
    action: str,
    facts: dict[str, int] | None = None,
    covers: FrameworkVersion | None = None,
) -> Framework:
    found.version += 1
    found.save(update_fields=[field, "version"])
    audit.record(by, action, about=found, covers=covers, facts=facts)
    return found
