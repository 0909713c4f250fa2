"""A strict reader of calendar files, written from RFC 5545 and sharing no code with the library that writes them."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from dataclasses import dataclass, field

from dateutil.rrule import rrulestr

_LINE = re.compile(
    r"""(?P<name>[A-Z0-9-]+)(?P<parameters>(?:;[A-Z0-9-]+=(?:"[^"\x00-\x1f\x7f]*"|[^";:,\x00-\x1f\x7f]*))*):(?P<value>.*)"""
)
_STAMP = re.compile(r"\d{8}T\d{6}Z?")
ONCE = {"UID", "DTSTAMP", "DTSTART", "SUMMARY", "STATUS", "SEQUENCE", "CLASS", "TRANSP", "URL", "ORGANIZER"}


@dataclass
class Property:
    name: str
    parameters: dict[str, str]
    value: str


@dataclass
class Part:
    name: str
    properties: list[Property] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)

    def all(self, name: str) -> list[Property]:
        return [one for one in self.properties if one.name == name]

    def value(self, name: str) -> str:
        (found,) = self.all(name)
        return found.value

    def named(self, name: str) -> list[Part]:
        return [part for part in self.parts if part.name == name]


def read(file: bytes) -> Part:
    """The calendar in a file, with everything that the standard asks of it checked."""
    whole = _tree(_lines(file))
    assert whole.name == "VCALENDAR"
    assert whole.value("VERSION") == "2.0"
    assert whole.value("PRODID")
    assert whole.value("METHOD") in {"PUBLISH", "CANCEL"}
    zones = {zone.value("TZID"): zone for zone in whole.named("VTIMEZONE")}
    assert len(zones) == len(whole.named("VTIMEZONE"))
    for explained in zones.values():
        _check_zone(explained)
    uids = [event.value("UID") for event in whole.named("VEVENT")]
    assert len(uids) == len(set(uids))
    used = {zone for event in whole.named("VEVENT") if (zone := _check_event(event, whole))}
    assert whole.parts, "no calendar is empty"
    assert not uids or used == set(zones), "every zone that is used is explained, and no other"
    return whole


def starts_at(event: Part, whole: Part) -> datetime.datetime:
    """The moment an event begins, worked out from the VTIMEZONE in the file alone."""
    (start,) = event.all("DTSTART")
    if start.value.endswith("Z"):
        return _stamp(start.value).replace(tzinfo=datetime.UTC)
    zone = next(z for z in whole.named("VTIMEZONE") if z.value("TZID") == start.parameters["TZID"])
    local = _stamp(start.value)
    # Of a time that comes twice the first is meant (3.3.5): the one with the earlier moment.
    moments = [local - offset for _onset, offset in onsets(zone, local.year + 1)]
    fitting = [moment for moment in moments if moment + offset_at(zone, moment) == local]
    return min(fitting).replace(tzinfo=datetime.UTC)


def onsets(zone: Part, until_year: int) -> list[tuple[datetime.datetime, datetime.timedelta]]:
    """(UTC, offset from then on) for each change of the clocks that a VTIMEZONE tells of (3.6.5)."""
    found = []
    for part in zone.parts:
        before, after = _offset(part.value("TZOFFSETFROM")), _offset(part.value("TZOFFSETTO"))
        first = _stamp(part.value("DTSTART"))
        times = [first]
        for one in part.all("RDATE"):
            times += [_stamp(text) for text in one.value.split(",")]
        for one in part.all("RRULE"):
            rule = rrulestr(one.value, dtstart=first)
            assert rule[0] == first, "the first onset follows the rule"
            times += rule.between(first, datetime.datetime(until_year, 12, 31))
        found += [(time - before, after) for time in times]
    return sorted(found)


def offset_at(zone: Part, moment: datetime.datetime) -> datetime.timedelta:
    """The distance from UTC at a moment (naive, in UTC)."""
    return [offset for onset, offset in onsets(zone, moment.year + 1) if onset <= moment][-1]


# Lines and parts -------------------------------------------------------------------------------------------


def _lines(file: bytes) -> list[Property]:
    assert file.endswith(b"\r\n")
    assert file.replace(b"\r\n", b"").count(b"\n") == 0, "lines end with CRLF"
    assert file.replace(b"\r\n", b"").count(b"\r") == 0
    raw = file[:-2].split(b"\r\n")
    assert all(raw), "no empty line"
    for line in raw:
        assert len(line) <= 75, f"{len(line)} octets: {line!r}"
        line.decode()  # no letter is cut in two by folding
    unfolded: list[str] = []
    for line in raw:
        text = line.decode()
        if text[0] in " \t":
            unfolded[-1] += text[1:]
        else:
            unfolded.append(text)
    return [_property(line) for line in unfolded]


def _property(line: str) -> Property:
    found = _LINE.fullmatch(line)
    assert found is not None, line
    parameters = dict(one.split("=", 1) for one in found["parameters"].split(";") if one)
    return Property(found["name"], parameters, found["value"])


def _tree(lines: list[Property]) -> Part:
    root = Part("")
    open_parts = [root]
    for line in lines:
        if line.name == "BEGIN":
            part = Part(line.value)
            open_parts[-1].parts.append(part)
            open_parts.append(part)
        elif line.name == "END":
            assert open_parts.pop().name == line.value
        else:
            assert len(open_parts) > 1, "nothing stands outside the calendar"
            open_parts[-1].properties.append(line)
    assert open_parts == [root]
    (whole,) = root.parts
    return whole


def _check_event(event: Part, whole: Part) -> str | None:
    counts = Counter(one.name for one in event.properties)
    assert all(counts[name] == 1 for name in ONCE), counts
    assert counts["DURATION"] + counts["DTEND"] == 1
    assert re.fullmatch(r"PT(\d+H)?(\d+M)?", event.value("DURATION"))
    assert re.fullmatch(r"\d{8}T\d{6}Z", event.value("DTSTAMP"))
    assert re.fullmatch(r"\d+", event.value("SEQUENCE"))
    assert event.value("STATUS") in {"CONFIRMED", "CANCELLED"}
    assert whole.value("METHOD") != "CANCEL" or event.value("STATUS") == "CANCELLED"
    assert event.value("ORGANIZER").startswith("mailto:")
    (start,) = event.all("DTSTART")
    assert _STAMP.fullmatch(start.value)
    assert ("TZID" in start.parameters) != start.value.endswith("Z")
    return start.parameters.get("TZID")


def _check_zone(zone: Part) -> None:
    assert zone.parts
    for part in zone.parts:
        assert part.name in {"STANDARD", "DAYLIGHT"}
        for name in ("DTSTART", "TZOFFSETFROM", "TZOFFSETTO"):
            part.value(name)
        assert re.fullmatch(r"\d{8}T\d{6}", part.value("DTSTART"))


def _stamp(text: str) -> datetime.datetime:
    return datetime.datetime.strptime(text.removesuffix("Z"), "%Y%m%dT%H%M%S")


def _offset(text: str) -> datetime.timedelta:
    sign, hours, minutes = text[0], int(text[1:3]), int(text[3:5])
    assert sign in "+-"
    return datetime.timedelta(hours=hours, minutes=minutes) * (-1 if sign == "-" else 1)
