"""The open archive of an audit packet: JSON, tables and the marks of every sealed file. No words of supervision."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext

from supervision.pages.spreadsheets import csv_table
from supervision.records import archives

from .. import said
from . import page
from .gather import Packet


def archive_of(packet: Packet, pdf: bytes) -> bytes:
    """A ZIP of the sealed PDF, the same facts as data and as tables, and a list of the marks of them all."""
    files = {
        "audit-packet.pdf": pdf,
        "packet.json": archives.as_json(data_of(packet)),
        "tables/log.csv": _log(packet),
        "tables/shortfalls.csv": _shortfalls(packet),
        "tables/agreements.csv": _agreements(packet),
        "tables/credentials.csv": _credentials(packet),
        "tables/signatures.csv": _signatures(packet),
        "README.txt": _read_me().encode(),
    }
    return archives.packed(files, listed_in="digests.txt", made_at=packet.at, signed=True)


def data_of(packet: Packet) -> dict[str, Any]:
    measured = packet.measured
    return {
        "schema": 1,
        "made_at": packet.at.isoformat(timespec="seconds"),
        "person": packet.person.name,
        "programs": list(packet.programs),
        "supervised_by": list(packet.leaders),
        "first_day": packet.first.isoformat(),
        "last_day": packet.last.isoformat(),
        "requirements": [
            {
                "title": one.of.title,
                "version": one.of.number,
                "source": one.of.source,
                "source_checked_on": one.of.checked_on.isoformat(),
                "met": one.judgement.met,
                "asked": one.judgement.asked,
                "as_of": one.judgement.as_of.isoformat(),
                "shortfalls": [
                    {"from": each.first.isoformat(), "to": each.last.isoformat(), "what": each.said}
                    for each in one.judgement.shortfalls
                ],
                "total": {
                    "minutes": one.progress.minutes,
                    "of": one.progress.least,
                    "one_to_one": one.progress.individual,
                    "beyond_what_groups_add": one.progress.unused,
                }
                if one.progress
                else None,
            }
            for one in (measured.sets if measured else [])
        ],
        "log": [
            {
                "day": row.day.isoformat(),
                "state": row.state,
                "why": row.why,
                "minutes": row.minutes,
                "attended": row.attended,
                "modality": row.modality,
                "structure": row.structure,
                "people": row.people,
                "supervised_by": list(row.leaders),
                "attendance_signed_on": _day(row.signed_on),
                "record_sealed_on": _day(row.sealed_on),
            }
            for row in packet.log
        ],
        "from_before": [
            {"day": one.day.isoformat(), "minutes": one.minutes, "modality": one.modality, "signed": False}
            for one in packet.before
        ],
        "away": [{"from": one.first.isoformat(), "to": _day(one.last)} for one in packet.away],
        "agreements": [
            {
                "version": row.number,
                "parties": list(row.parties),
                "from": row.first.isoformat(),
                "to": _day(row.last),
                "minutes_each": row.minutes_each,
                "every_days": row.every_days,
                "looked_at": [day.isoformat() for day in row.reviewed],
            }
            for row in packet.agreements
        ],
        "observations": [{"day": day.isoformat(), "sealed": sealed} for day, sealed in packet.observations],
        "signatures": [
            {
                "record": str(one.record),
                "kind": one.kind,
                "of_day": _day(one.day),
                "sealed_at": one.sealed_at.isoformat(timespec="seconds"),
                "signed_by_everybody": one.whole,
                "answers": [
                    {
                        "name": each.name,
                        "part": each.part,
                        "at": each.at.isoformat(timespec="seconds"),
                        "signed": each.signed,
                    }
                    for each in one.signers
                ],
                "more_answers": one.others,
                "chain_entry": one.mark,
                "sha256_of_pdf": one.sha256,
            }
            for one in packet.certificates
        ],
    }


def _day(day: datetime.date | None) -> str | None:
    return day.isoformat() if day else None


def _log(packet: Packet) -> bytes:
    headings = [
        *(gettext("Day"), gettext("What became of it"), gettext("Minutes"), gettext("How")),
        *(gettext("Supervised by"), gettext("Attendance signed"), gettext("Record sealed")),
    ]
    rows: list[Sequence[Any]] = [
        [
            row.day.isoformat(),
            said.what_became(row),
            row.minutes,
            page.how(row),
            "; ".join(row.leaders),
            _day(row.signed_on) or "",
            _day(row.sealed_on) or "",
        ]
        for row in packet.log
    ]
    return csv_table(headings, rows)


def _shortfalls(packet: Packet) -> bytes:
    headings = [gettext("Set"), gettext("From"), gettext("To"), gettext("What")]
    return csv_table(
        headings,
        [
            [one.of.title, each.first.isoformat(), each.last.isoformat(), each.said]
            for one in (packet.measured.sets if packet.measured else [])
            for each in one.judgement.shortfalls
        ],
    )


def _agreements(packet: Packet) -> bytes:
    headings = [gettext("Version"), gettext("Parties"), gettext("From"), gettext("To"), gettext("Looked at")]
    return csv_table(
        headings,
        [
            [
                row.number,
                "; ".join(row.parties),
                row.first.isoformat(),
                _day(row.last) or "",
                "; ".join(day.isoformat() for day in row.reviewed),
            ]
            for row in packet.agreements
        ],
    )


def _credentials(packet: Packet) -> bytes:
    headings = [
        gettext("Who"),
        gettext("Credential"),
        gettext("Issued by"),
        gettext("Issued"),
        gettext("Expires"),
    ]
    return csv_table(
        headings,
        [
            [row.holder, row.name, row.issuer, _day(row.issued_on) or "", _day(row.expires_on) or ""]
            for row in packet.credentials
        ],
    )


def _signatures(packet: Packet) -> bytes:
    headings = [
        *(gettext("Record"), gettext("Sealed"), gettext("Who"), gettext("As what"), gettext("When")),
        *(gettext("Answer"), gettext("SHA-256 of the sealed PDF")),
    ]
    return csv_table(
        headings,
        [
            [
                one.kind,
                one.sealed_at.isoformat(timespec="seconds"),
                each.name,
                each.part,
                each.at.isoformat(timespec="seconds"),
                gettext("signed") if each.signed else gettext("declined"),
                one.sha256,
            ]
            for one in packet.certificates
            for each in one.signers
        ],
    )


def _read_me() -> str:
    return gettext(
        "What is in here\n\n"
        "audit-packet.pdf: the packet, sealed by the agency. Any PDF reader shows whether it was altered, and so does "
        "the agency’s page “Check a PDF”.\n"
        "packet.json: the same facts as data. tables: the same for a spreadsheet.\n"
        "digests.txt: a SHA-256 mark of every file, signed by the agency (digests.txt.sig). To check it with OpenSSL:\n"
        "openssl dgst -sha256 -verify seal-key.der -keyform DER -signature digests.txt.sig digests.txt\n"
        "sha256sum -c digests.txt\n"
        "That the key is the agency’s you see on its page “Check a PDF”, which shows the SHA-256 of seal-key.der.\n\n"
        "It holds dates, hours and signatures. What was said in supervision is left out on purpose; the sealed records themselves "
        "stay with the people they belong to, and each is named by the SHA-256 of its file, which the agency’s page “Check a PDF” "
        "compares.\n"
    )
