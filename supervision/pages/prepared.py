"""Questions to the database that are put together once and asked often.

Django puts the SQL of a query together anew each time. For the questions of a first page, about everything that may wait for a person,
that takes several times as long as the answer. So the SQL is made once, for stand-ins in the place of the person, the moment and
whatever else is asked for, and later with their values. The same goes for what comes with the rows by `prefetch_related`, where all
of it is found by foreign keys.

What may go wrong with that is refused when the question is put together: a function that asks the database itself, that looks at more
of a person than who they are, that takes the time by itself, or that reckons with a stand-in.
"""

from __future__ import annotations

import copy
import datetime
import re
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import ForeignKey, Model, Prefetch, QuerySet, UUIDField
from django.db.models.fields.related_descriptors import ReverseManyToOneDescriptor
from django.utils import timezone
from django.utils.translation import get_language

KEPT = 64  # of each question: days, time zones, languages, lengths of lists
YEAR = 7750  # of the moments that stand in; nobody has records of it
_NEAR_A_STAND_IN = re.compile(r"77\d\d(-\d\d-\d\d|$)")
_SPACE = uuid.UUID("5a0dc1f3-8f3e-4f6e-9a3e-0c5a1be70d3b")

_NOT_YET = object()


class Text(str):
    """A text that is looked for, such as a name made of a key. Any other text is a part of the question itself."""


class NotPreparedError(Exception):
    """A question that would be answered wrongly if it was asked again with other values."""


@dataclass(frozen=True)
class _Ready:
    """What is kept of a question: its queryset and compiler, the SQL, and whose value goes to which place of the parameters."""

    rows: QuerySet[Any]
    compiler: Any
    sql: str
    parameters: tuple[Any, ...]
    places: tuple[tuple[int, int], ...]
    belonging: tuple[_Belonging, ...]


@dataclass(frozen=True)
class _Belonging:
    """What comes with the rows: the rows `name` of each that is found along `way`, and the question for them, by the length of its list."""

    way: tuple[str, ...]
    name: str
    key: ForeignKey[Any]
    rows: QuerySet[Any]
    kept: dict[int, _Ready | None]


def prepared(put: Callable[..., QuerySet[Any]]) -> Callable[..., list[Any]]:
    """Make a function that answers the question which `put` puts together, as a list.

    `put` gets stand-ins for rows of the database (only their key can be read), UUIDs, days, moments, Text, and lists of UUIDs. Anything
    else is given as it is, and has to be hashable. Raises NotPreparedError, when it is asked first, where `put` does what the module says.
    """
    kept: dict[Any, Any] = {}

    @wraps(put)
    def ask(*given: Any) -> list[Any]:
        values = [value for one in given for value in _values(one)]
        alias, now = _alias(given), timezone.localtime()
        shape = (alias, now.date(), now.utcoffset(), timezone.get_current_timezone_name(), get_language())
        key = (shape, tuple(map(_shape, given)), _alike(given))
        ready = kept.get(key, _NOT_YET)
        if ready is _NOT_YET:
            ready = _put_together(put, given, alias)
            if len(kept) >= KEPT:
                kept.clear()  # yesterday's, mostly
            kept[key] = ready
        return [] if ready is None else _answer(ready, values, alias)

    return ask


# Values and their stand-ins ---------------------------------------------------------------------------------------


def _values(given: Any) -> Sequence[Any]:
    """What of an argument goes into the parameters."""
    if isinstance(given, Model):
        return [given.pk]
    if isinstance(given, (uuid.UUID, datetime.date, Text)):
        return [given]
    if isinstance(given, list):
        return _filled(given)
    return []


def _filled(values: Sequence[Any]) -> list[Any]:
    """As many as the next power of two, so that there are few lengths. The last one is said again."""
    return [*values, *(values[-1] for _ in range(_length(values) - len(values)))]


def _length(values: Sequence[Any]) -> int:
    return 1 << (len(values) - 1).bit_length() if values else 0


def _shape(given: Any) -> Any:
    if isinstance(given, Model):
        return given._meta.label
    if isinstance(given, (uuid.UUID, datetime.date, Text)):
        return type(given)
    return (list, _length(given)) if isinstance(given, list) else given


def _alike(given: Sequence[Any]) -> tuple[int, ...]:
    """For each that is asked with, the place of the first that is the same: whoever looks at their own is another question."""
    keys = [one.pk if isinstance(one, Model) else one for one in given]
    return tuple(keys.index(key) if isinstance(key, uuid.UUID) else place for place, key in enumerate(keys))


def _stand_in(given: Any, number: int, alias: str) -> Any:
    if isinstance(given, Model):
        # Whatever else of it is read asks the database, which is refused.
        return given._meta.model.from_db(alias, [given._meta.pk.attname], [_name(number)])
    if isinstance(given, uuid.UUID):
        return _name(number)
    if isinstance(given, datetime.datetime):
        return datetime.datetime(YEAR, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(days=number)
    if isinstance(given, datetime.date):
        return datetime.date(YEAR, 6, 1) + datetime.timedelta(days=number)
    if isinstance(given, Text):
        return Text(_name(number))
    if isinstance(given, list):
        return [_name(number + offset) for offset in range(_length(given))]
    return given


def _name(number: int) -> uuid.UUID:
    return uuid.uuid5(_SPACE, str(number))


def _alias(given: Sequence[Any]) -> str:
    return next((one._state.db for one in given if isinstance(one, Model) and one._state.db), "default")


def _encoded(value: Any, alias: str) -> Any:
    """As the fields of models give it to the database."""
    operations, features = connections[alias].ops, connections[alias].features
    if isinstance(value, uuid.UUID):
        return value if features.has_native_uuid_field else value.hex
    if isinstance(value, Text):
        return str(value)
    if isinstance(value, datetime.datetime):
        return operations.adapt_datetimefield_value(value)
    return operations.adapt_datefield_value(value)


# Putting together -------------------------------------------------------------------------------------------------


def _put_together(put: Callable[..., QuerySet[Any]], given: Sequence[Any], alias: str) -> _Ready | None:
    """None where the question has no answer whatever it is asked with."""
    stand_ins: list[Any] = []
    flat: list[Any] = []
    numbers: list[int] = []
    for one, first in zip(given, _alike(given), strict=True):
        numbers.append(numbers[first] if first < len(numbers) else len(flat))
        stand_ins.append(_stand_in(one, numbers[-1], alias))
        flat.extend(_values(stand_ins[-1]))
    connection = connections[alias]
    with connection.execute_wrapper(_refuse):
        try:
            rows = put(*stand_ins)
            compiler = rows.query.get_compiler(using=alias)
            sql, parameters = compiler.as_sql()
            again = put(*stand_ins).query.get_compiler(using=alias).as_sql()
        except EmptyResultSet:
            return None
    if (sql, list(map(_plain, parameters))) != (again[0], list(map(_plain, again[1]))):
        raise NotPreparedError(f"{put.__name__} takes the time, or something else that changes, by itself.")
    places = tuple(_places(put.__name__, parameters, flat, alias))
    return _Ready(rows, compiler, sql, tuple(parameters), places, _belonging(rows))


def _belonging(rows: QuerySet[Any]) -> tuple[_Belonging, ...]:
    """What `prefetch_related` asks for. Nothing where some of it is found in another way: Django asks for all of that."""
    lookups = [
        one if isinstance(one, Prefetch) else Prefetch(one)
        for one in rows._prefetch_related_lookups  # type: ignore[attr-defined]
    ]
    found = [_of_lookup(rows, lookup) for lookup in lookups]
    known = tuple(one for one in found if one is not None)
    return known if len(known) == len(found) else ()


def _of_lookup(rows: QuerySet[Any], lookup: Any) -> _Belonging | None:
    *way, name = lookup.prefetch_through.split("__")
    model, joined = rows.model, rows.query.select_related
    for step in way:
        if not isinstance(joined, dict) or step not in joined:
            return None
        model, joined = model._meta.get_field(step).related_model, joined[step]
    descriptor = getattr(model, name, None)
    if type(descriptor) is not ReverseManyToOneDescriptor or lookup.to_attr is not None:
        return None
    key = descriptor.field
    of_key: Any = key.model._default_manager.all() if lookup.queryset is None else lookup.queryset
    plain = not of_key.query.is_sliced and not of_key._prefetch_related_lookups
    by_name = key.target_field is model._meta.pk and isinstance(key.target_field, UUIDField)
    return _Belonging(tuple(way), name, key, of_key, {}) if plain and by_name else None


def _places(
    name: str, parameters: Sequence[Any], given: Sequence[Any], alias: str
) -> Iterator[tuple[int, int]]:
    """(place of the parameters, number of the stand-in that is there)."""
    stand_ins = [_encoded(value, alias) for value in given]
    numbers = {(_kind(value), value): number for number, value in enumerate(stand_ins)}
    found = set()
    for place, parameter in enumerate(parameters):
        number = numbers.get((_kind(parameter), parameter))
        if number is not None:
            found.add(number)
            yield place, number
    others = [str(value) for value in parameters if (_kind(value), value) not in numbers]
    names = [
        spelled for value in given if isinstance(value, (uuid.UUID, Text)) for spelled in _spelled(value)
    ]
    if any(_NEAR_A_STAND_IN.match(value) or any(name in value for name in names) for value in others):
        raise NotPreparedError(f"{name} makes something else of what it is asked with.")
    # A moment may go unused: some kinds of a question look at the clock, and others do not.
    asked_for = {given[number] for number in found}
    if any(isinstance(value, (uuid.UUID, Text)) and value not in asked_for for value in given):
        raise NotPreparedError(f"{name} does not ask for all that it is asked with, as it is.")


def _plain(value: Any) -> Any:
    """What a wrapper of the database's library holds: two of the same are not equal."""
    return getattr(value, "obj", value)


def _kind(value: Any) -> type:
    return str if isinstance(value, str) else type(value)


def _spelled(value: Any) -> tuple[str, str]:
    return str(value), str(value).replace("-", "")


def _refuse(_execute: Any, sql: str, *_rest: Any) -> Any:
    raise NotPreparedError(f"The database is asked while a question is put together: {sql[:200]}")


# Asking -----------------------------------------------------------------------------------------------------------


def _answer(ready: _Ready, values: Sequence[Any], alias: str) -> list[Any]:
    encoded = [_encoded(value, alias) for value in values]
    parameters = list(ready.parameters)
    for place, number in ready.places:
        parameters[place] = encoded[number]
    compiler = copy.copy(ready.compiler)
    compiler.connection = connections[alias]
    compiler.as_sql = lambda *_args, **_options: (ready.sql, tuple(parameters))
    query = _twin(ready.rows.query)
    query.get_compiler = lambda *_args, **_options: compiler
    rows = _twin(ready.rows)
    # Not by its property, which would make tuples into dictionaries.
    rows._query, rows._result_cache, rows._prefetch_done = query, None, bool(ready.belonging)
    found = list(rows)
    for belonging in ready.belonging:
        _bring(belonging, found, alias)
    return found


def _bring(belonging: _Belonging, rows: list[Any], alias: str) -> None:
    """Give each row what belongs to it, as `prefetch_related` does."""
    owners = rows
    for step in belonging.way:
        owners = [one for one in (getattr(owner, step) for owner in owners) if one is not None]
    if not owners:
        return
    of_key: defaultdict[Any, list[Any]] = defaultdict(list)
    by_key = {owner.pk: owner for owner in owners}
    for row in _belonging_to(belonging, list(by_key), alias):
        key = getattr(row, belonging.key.attname)
        of_key[key].append(row)
        if not belonging.key.is_cached(row):
            belonging.key.set_cached_value(row, by_key[key])
    for owner in owners:
        own = getattr(owner, belonging.name)._apply_rel_filters(belonging.rows)
        own._result_cache, own._prefetch_done = of_key[owner.pk], True
        kept = owner.__dict__.setdefault("_prefetched_objects_cache", {})
        kept[belonging.key.remote_field.cache_name] = own


def _belonging_to(belonging: _Belonging, keys: list[uuid.UUID], alias: str) -> list[Any]:
    def of_these(keys: list[uuid.UUID]) -> QuerySet[Any]:
        return belonging.rows.filter(**{f"{belonging.key.name}__in": keys})

    length = _length(keys)
    if length not in belonging.kept:
        belonging.kept[length] = _put_together(of_these, [keys], alias)
    ready = belonging.kept[length]
    return [] if ready is None else _answer(ready, _filled(keys), alias)


def _twin(thing: Any) -> Any:
    """Another one with the same attributes: enough to be asked once, and without Django's deep copy."""
    twin = object.__new__(type(thing))
    twin.__dict__.update(thing.__dict__)
    return twin
