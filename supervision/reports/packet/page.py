"""What the PDF of an audit packet says, from what was gathered. Log facts only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from supervision.hours.shown import Set, page_of
from supervision.pages import words
from supervision.people.models import Agency
from supervision.requirements.applying import Judged
from supervision.sessions.models import Session

from ..log import LogRow
from ..said import how, how_met, period, small, what_became
from .gather import Certificate, Packet

LISTED = 1_500  # rows of one table; the archive has all of them


def context_of(packet: Packet) -> dict[str, Any]:
    """What the template is fed with."""
    held = [row for row in packet.log if row.attended]
    measured = packet.measured
    content = {
        "agency": Agency.objects.values_list("name", flat=True).first() or "",
        "title": gettext("Audit packet"),
        "lead": _lead(packet),
        "reference_line": gettext("Dates, hours and signatures of supervision"),
        "made": gettext("Made %(day)s") % {"day": words.full_day(timezone.localdate(packet.at))},
        "confidence": gettext("Dates, hours and signatures of supervision"),
        "facts": _facts(packet, held),
    }
    return {
        "content": content,
        "sets": page_of(measured).sets if measured else [],
        "as_of": measured.as_of if measured else None,
        "log": [_log_row(row) for row in packet.log[:LISTED]],
        "log_more": max(len(packet.log) - LISTED, 0),
        "before": [
            {"day": one.day, "minutes": one.minutes, "how": how_met(one.modality)} for one in packet.before
        ],
        "gaps": gaps_of(packet),
        "agreements": [_agreement(row) for row in packet.agreements],
        "observations": packet.observations,
        "credentials": packet.credentials,
        "certificates": [_certificate(one) for one in packet.certificates[:LISTED]],
        "certificates_more": max(len(packet.certificates) - LISTED, 0),
    }


def _lead(packet: Packet) -> str:
    said = gettext("Supervision of %(name)s, %(period)s.") % {
        "name": packet.person.name,
        "period": period(packet.first, packet.last),
    }
    return f"{said} {_verdict(packet)}"


def _verdict(packet: Packet) -> str:
    if packet.measured is None or not packet.measured.was_asked:
        return gettext("Nothing was asked for that could be measured.")
    short = [one for one in packet.measured.sets if not one.judgement.met]
    if not short:
        return gettext("Everything that was asked for is met.")
    n = sum(len(one.judgement.shortfalls) for one in short)
    return ngettext(
        "What was asked for is met but for %(n)s shortfall, listed below.",
        "What was asked for is met but for %(n)s shortfalls, listed below.",
        n,
    ) % {"n": n}


def _facts(packet: Packet, held: Sequence[LogRow]) -> list[tuple[str, str]]:
    alone = [row for row in held if row.people == 1]
    signed = sum(row.signed_on is not None for row in held)
    return [
        (gettext("Peer worker"), packet.person.name),
        (gettext("Supervised by"), words.join_names(packet.leaders)),
        (gettext("Programs"), words.join_names(packet.programs)),
        (gettext("Period"), period(packet.first, packet.last)),
        (
            gettext("Sessions attended"),
            gettext("%(n)s, %(hours)s in all") % {"n": len(held), "hours": _hours(held)},
        ),
        (gettext("One to one"), _hours(alone) if alone else ""),
        (
            gettext("Attendance signed by everybody asked"),
            gettext("%(n)s of %(all)s") % {"n": signed, "all": len(held)},
        ),
        (gettext("Records sealed in this period’s list"), str(len(packet.certificates))),
    ]


def _hours(rows: Iterable[LogRow]) -> str:
    return words.minutes_words(sum(row.minutes for row in rows))


def _log_row(row: LogRow) -> dict[str, Any]:
    return {
        "day": words.dated(row.day),
        "what": what_became(row),
        "minutes": row.minutes or "",
        "how": small(how(row)),
        "with": words.join_names(row.leaders),
        "signed": words.dated(row.signed_on) if row.signed_on else "",
        "sealed": words.dated(row.sealed_on) if row.sealed_on else "",
    }


def gaps_of(packet: Packet) -> list[tuple[str, str]]:
    """What was not met or did not take place, and why as far as the list of reasons says it: (when, what)."""
    found = [
        (span.first, gettext("Away until %(day)s") % {"day": words.full_day(span.last or packet.last)})
        for span in packet.away
    ]
    for row in packet.log:
        if not row.attended and row.state != Session.State.MOVED:
            found.append((row.day, what_became(row)))
    for one in _short(packet):
        found += [(each.first, f"{one.of.title}: {each.said}") for each in one.judgement.shortfalls]
    return [(words.dated(day), what) for day, what in sorted(found)]


def _short(packet: Packet) -> list[Judged]:
    return [one for one in packet.measured.sets if not one.judgement.met] if packet.measured else []


def _agreement(row: Any) -> dict[str, Any]:
    return {
        "number": row.number,
        "parties": words.join_names(row.parties),
        "from": words.dated(row.first),
        "to": words.dated(row.last) if row.last else gettext("still"),
        "rhythm": gettext("%(time)s every %(n)s days")
        % {"time": words.minutes_words(row.minutes_each), "n": row.every_days},
        "reviewed": ", ".join(words.dated(day) for day in row.reviewed),
    }


def _certificate(one: Certificate) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "day": words.dated(one.day) if one.day else "",
        "sealed": date_format(timezone.localtime(one.sealed_at), "M j, Y, g:i a"),
        "whole": one.whole,
        "signers": [
            (
                signer.name,
                signer.part,
                date_format(timezone.localtime(signer.at), "M j, Y, g:i a"),
                signer.signed,
            )
            for signer in one.signers
        ],
        "others": one.others,
        "mark": one.mark,
        "sha256": one.sha256,
    }


def sets_of(packet: Packet) -> list[Set]:
    """What each set asks and what came out, for the archive."""
    return page_of(packet.measured).sets if packet.measured else []
