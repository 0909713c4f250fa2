"""A set of requirements in one TOML file, to be read, changed in an editor and loaded again. Pure: bytes in, data out, and back."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import tomli_w
from django.utils.translation import gettext

from supervision.records.toml_reading import Reader

from .rules import Amount, Kind, Of, Per, Qualified, Rules, Share, Total

HIGHEST_VERSION = 9_999
MOST_AMOUNTS, MOST_NAMES = 10, 12
LONGEST_TITLE, LONGEST_TEXT, LONGEST_SOURCE, LONGEST_NAME = 120, 1_000, 400, 120
MODALITIES = ("in_person", "video", "phone")
MOST_MINUTES, MOST_TIMES, MOST_DAYS, MOST_PEOPLE, MOST_HOURS = 10_080, 100, 366, 500, 20_000


@dataclass(frozen=True)
class Content:
    """All that a file says. `checked_on` is the day on which somebody last compared it with its source."""

    key: str
    version: int
    title: str
    introduction: str
    source: str
    checked_on: datetime.date
    is_example: bool
    rules: Rules


def read(data: bytes, *, name: str) -> Content:
    """The set in a file of this name. Raises FileFaults, and nothing else, whatever the bytes are."""
    reader = _Reader(name)
    content = reader.content(reader.parsed(data))
    reader.raise_faults()
    return content


def write(content: Content) -> bytes:
    """A file of this set. `read` takes it back the same."""
    said = gettext(
        "A set of requirements. To make one of your own, give it another key first: small letters, digits and hyphens.\n"
        "Leave out what is not asked for. Compare it with the rule that it comes from, and say in “checked_on” when you did."
    )
    heading = "".join(f"# {line}\n" for line in said.splitlines())
    return f"{heading}\n{tomli_w.dumps(as_data(content))}".encode()


def of_data(data: Mapping[str, Any]) -> Content:
    """What `as_data` gave. Raises FileFaults if it is not that."""
    reader = _Reader("")
    content = reader.content(data)
    reader.raise_faults()
    return content


def as_data(content: Content) -> dict[str, Any]:
    """Plain values, as they stand in a file. What is not asked for is left out."""
    rules = content.rules
    data: dict[str, Any] = {
        "key": content.key,
        "version": content.version,
        "title": content.title,
        "introduction": content.introduction,
        "source": content.source,
        "checked_on": content.checked_on,
        "example": content.is_example,
        "counts": _told(
            modalities=_names(rules.modalities),
            largest_group=rules.largest_group,
            co_reflection=rules.co_reflection,
            signed=rules.signed,
            credentials=_names(rules.supervisor.credentials),
            training_hours=rules.supervisor.training_hours,
        ),
        "also": _told(
            rhythm=rules.rhythm,
            agreement_by=rules.agreement_by,
            observed_every=rules.observed_every,
            most_workers=rules.most_workers,
        ),
        "amounts": [_amount_as_data(one) for one in rules.amounts],
        "shares": [{"percent": one.percent, "per": str(one.per)} for one in rules.shares],
        "total": _total_as_data(rules.total),
    }
    return {name: value for name, value in data.items() if value not in ({}, [])}


def as_stored(content: Content) -> dict[str, Any]:
    """The same for a JSON column: days as text."""
    data = as_data(content)
    data["checked_on"] = content.checked_on.isoformat()
    if content.rules.total is not None and content.rules.total.by is not None:
        data["total"]["by"] = content.rules.total.by.isoformat()
    return data


def of_stored(data: Mapping[str, Any]) -> Content:
    """What `as_stored` gave. Raises FileFaults if it is not that."""
    days: dict[str, Any] = {"checked_on": datetime.date.fromisoformat(data["checked_on"])}
    total = data.get("total")
    if total and "by" in total:
        days["total"] = total | {"by": datetime.date.fromisoformat(total["by"])}
    return of_data({**data, **days})


def _told(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


def _names(found: frozenset[str]) -> list[str]:
    return sorted(found)


def _amount_as_data(amount: Amount) -> dict[str, Any]:
    return {str(amount.of): amount.least, "per": str(amount.per)} | _told(
        days=amount.days,
        modalities=_names(amount.kind.modalities),
        individual=amount.kind.individual,
        while_holding=_names(amount.while_holding),
    )


def _total_as_data(total: Total | None) -> dict[str, Any]:
    if total is None:
        return {}
    return {"hours": total.minutes // 60} | _told(percent_individual=total.percent_individual, by=total.by)


class _Reader(Reader):
    """Reads one file."""

    TABLES = ("amounts", "shares")

    def content(self, found: Mapping[str, Any]) -> Content:
        head = ("key", "version", "title", "introduction", "source", "checked_on", "example")
        self.only(found, (*head, "counts", "also", "amounts", "shares", "total"))
        content = Content(
            key=self.id(found, "key"),
            version=self._number(found, "version", 1, HIGHEST_VERSION) or 1,
            title=self.words(found, "title", LONGEST_TITLE),
            introduction=self.words(found, "introduction", LONGEST_TEXT),
            source=self.words(found, "source", LONGEST_SOURCE),
            checked_on=self._date(found, "checked_on") or datetime.date.min,
            is_example=self._yes(found, "example"),
            rules=self._rules(found),
        )
        if not content.rules.asks:
            self.wrong(
                gettext(
                    "It asks for nothing. Say in [also], [[amounts]], [[shares]] or [total] what it asks for."
                )
            )
        return content

    def _rules(self, found: Mapping[str, Any]) -> Rules:
        counts = self._table(found, "counts")
        asked = ("modalities", "largest_group", "co_reflection", "signed", "credentials", "training_hours")
        self.only(counts, asked)
        also = self._table(found, "also")
        self.only(also, ("rhythm", "agreement_by", "observed_every", "most_workers"))
        return Rules(
            modalities=self._modalities(counts),
            largest_group=self._number(counts, "largest_group", 2, MOST_PEOPLE),
            co_reflection=self._yes(counts, "co_reflection"),
            signed=self._yes(counts, "signed"),
            supervisor=Qualified(
                self._list(counts, "credentials"), self._number(counts, "training_hours", 1, MOST_HOURS)
            ),
            amounts=self._amounts(found),
            shares=self._shares(found),
            total=self._total(found),
            rhythm=self._yes(also, "rhythm"),
            agreement_by=self._number(also, "agreement_by", 1, MOST_TIMES),
            observed_every=self._number(also, "observed_every", 7, MOST_DAYS),
            most_workers=self._number(also, "most_workers", 1, MOST_PEOPLE),
        )

    def _amounts(self, found: Mapping[str, Any]) -> tuple[Amount, ...]:
        rows = list(self.tables(found.get("amounts", []), "amounts", 0, MOST_AMOUNTS))
        made = []
        for number, row in enumerate(rows):
            self.begin("amounts", number, len(rows), gettext("amount %(n)d"))
            made.append(self._amount(row))
        self.end()
        return tuple(made)

    def _amount(self, row: Mapping[str, Any]) -> Amount:
        self.only(row, ("minutes", "times", "per", "days", "modalities", "individual", "while_holding"))
        of = Of.TIMES if "times" in row else Of.MINUTES
        if ("minutes" in row) == ("times" in row):
            self.wrong(gettext("Say either “minutes” or “times”."), key="times")
        most = MOST_TIMES if of == Of.TIMES else MOST_MINUTES
        per = self.one_of(row, "per", tuple(Per)) or Per.WEEK
        if (per == Per.DAYS) != ("days" in row):
            self.wrong(gettext('“days” goes with per = "days", and with nothing else.'), key="days")
        return Amount(
            least=self._number(row, of, 1, most) or 1,
            per=Per(per),
            of=of,
            days=self._number(row, "days", 2, MOST_DAYS),
            kind=Kind(self._modalities(row), self._yes(row, "individual")),
            while_holding=self._list(row, "while_holding"),
        )

    def _shares(self, found: Mapping[str, Any]) -> tuple[Share, ...]:
        rows = list(self.tables(found.get("shares", []), "shares", 0, MOST_AMOUNTS))
        made = []
        for number, row in enumerate(rows):
            self.begin("shares", number, len(rows), gettext("share %(n)d"))
            self.only(row, ("percent", "per"))
            per = self.one_of(row, "per", (Per.WEEK, Per.MONTH)) or Per.MONTH
            percent = self._number(row, "percent", 1, 100, needed=True)
            made.append(Share(percent, Per(per)))
        self.end()
        return tuple(made)

    def _total(self, found: Mapping[str, Any]) -> Total | None:
        if "total" not in found:
            return None
        row = self._table(found, "total")
        self.only(row, ("hours", "percent_individual", "by"))
        hours = self._number(row, "hours", 1, MOST_HOURS, needed=True)
        return Total(
            hours * 60, self._number(row, "percent_individual", 1, 100), self._date(row, "by", needed=False)
        )

    # Values -----------------------------------------------------------------------------------------------------

    def _table(self, found: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        row = found.get(name, {})
        if isinstance(row, dict):
            return row
        self.wrong(gettext("This begins with a line [%(name)s].") % {"name": name}, key=name)
        return {}

    def _number(
        self, row: Mapping[str, Any], name: str, least: int, most: int, *, needed: bool = False
    ) -> int:
        """A whole number, or 0 where there is none."""
        value = row.get(name)
        if value is None and not needed and name not in ("version", *Of):
            return 0
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            said = gettext("“%(name)s” has to be a whole number from %(least)d to %(most)d.")
            self.wrong(said % {"name": name, "least": least, "most": most}, key=name)
            return 0
        return value

    def _yes(self, row: Mapping[str, Any], name: str) -> bool:
        value = row.get(name, False)
        if not isinstance(value, bool):
            self.wrong(gettext("“%(name)s” has to be true or false.") % {"name": name}, key=name)
            return False
        return value

    def _date(self, row: Mapping[str, Any], name: str, *, needed: bool = True) -> datetime.date | None:
        value = row.get(name)
        if value is None and not needed:
            return None
        if not isinstance(value, datetime.date) or isinstance(value, datetime.datetime):
            said = gettext("“%(name)s” has to be a day, such as 2026-11-27, without quotes.")
            self.wrong(said % {"name": name}, key=name)
            return None
        return value

    def _modalities(self, row: Mapping[str, Any]) -> frozenset[str]:
        if "modalities" not in row:
            return frozenset()
        return frozenset(self.some_of(row, "modalities", MODALITIES))

    def _list(self, row: Mapping[str, Any], name: str) -> frozenset[str]:
        """Names, such as those of credentials."""
        value = row.get(name, [])
        if not isinstance(value, list) or len(value) > MOST_NAMES:
            said = gettext("“%(name)s” has to be a list of up to %(most)d names in quotes.")
            self.wrong(said % {"name": name, "most": MOST_NAMES}, key=name)
            return frozenset()
        read = [self.text(one, name, LONGEST_NAME) for one in value]
        return frozenset(one for one in read if one)
