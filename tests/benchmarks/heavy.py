"""What takes longer than a page: PDFs, the report of the whole agency, and what memory that needs."""

from __future__ import annotations

import datetime
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from supervision.people.models import Program, User
from supervision.records import documents, renderer, seal_pdf
from supervision.records.encryption import unlocked_keys
from supervision.records.models import Seal
from supervision.reports import figures, page, tasks
from supervision.reports.models import Report
from supervision.sessions.models import Session


def memory(what: str, process: int | str = "self") -> float:
    """Of a process in MB: `VmRSS` now, `VmHWM` the most since `forget_the_most`."""
    found = re.search(rf"{what}:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def forget_the_most() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def measure(*, pdfs: int = 12) -> dict[str, Any]:
    """All of it, in this process, once warm."""
    zone = User.objects.get(email="manager0@example.org").time_zone
    with timezone.override(zone):
        found = {"report": _report(), "pdf": _records(pdfs), "small_report": _small_report(pdfs // 2)}
    renderer.stop()
    with transaction.atomic():
        Report.objects.all().delete()  # so that the lists of reports are as long in one agency as in another
    return found


def _records(count: int) -> dict[str, float]:
    """Sealed PDFs of session records. Nothing is kept: the same record may be made again."""
    label = Session._meta.label_lower
    seals = list(Seal.objects.filter(record_label=label).select_related("offer")[: count + 1])
    _sealed_record(seals.pop())
    began = time.monotonic()
    size = sum(len(_sealed_record(seal)) for seal in seals)
    seconds = time.monotonic() - began
    return {"per_minute": 60 * len(seals) / seconds, "kb": size / len(seals) / 1000}


def _sealed_record(seal: Seal) -> bytes:
    """As records.tasks.make_document does it."""
    with unlocked_keys():
        made = documents.page_of(seal)
        pdf = renderer.render_in_child(
            render_to_string(seal.offer.template, made.context),
            title=made.title,
            created=seal.sealed_at,
            identifier=seal.mac,
            attachments=made.attachments,
        )
        return bytes(seal_pdf.seal_pdf(pdf, reason=seal.kind, name=made.agency, location=made.agency))


def _report_of(email: str) -> Report:
    """The last year of all that this person manages, as it is asked for on the page."""
    who, day = User.objects.get(email=email), timezone.localdate()
    report = Report(asked_by=who, first_day=day - datetime.timedelta(days=364), last_day=day)
    report.save()
    report.programs.set(Program.objects.managed_by(who))
    return report


def _small_report(count: int) -> dict[str, float]:
    report = _report_of("manager0@example.org")
    tasks.pdf_of(report)
    began = time.monotonic()
    for _time in range(count):
        tasks.pdf_of(report)
    return {"per_minute": 60 * count / (time.monotonic() - began)}


def _report() -> dict[str, float]:
    """The report of every program: its facts, then all of it as a sealed PDF."""
    report = _report_of("director0@example.org")
    _quietly(lambda: _page_of(_report_of("manager0@example.org")))  # what is loaded once is loaded
    before = memory("VmRSS")
    forget_the_most()
    samples = [_quietly(lambda: _page_of(report)) for _time in range(3)]
    most = memory("VmHWM") - before
    statements, cpu, seconds = sorted(samples, key=lambda one: one[1])[1]
    began = time.monotonic()
    size = len(tasks.pdf_of(report))
    return {
        "statements": statements,
        "cpu": cpu,
        "seconds": seconds,
        "mb": most,
        "pdf_seconds": time.monotonic() - began,
        "pdf_kb": size / 1000,
    }


def _page_of(report: Report) -> page.Page:
    return page.page_of(report, figures.figures_of(report))


def _quietly(what: Callable[[], Any]) -> tuple[int, float, float]:
    """Statements, CPU seconds and seconds that this takes."""
    done: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        done.append(sql)
        return execute(sql, *rest)

    began, cpu = time.monotonic(), time.process_time()
    with connection.execute_wrapper(note):
        what()
    return len(done), time.process_time() - cpu, time.monotonic() - began


def cpu_of(process: int) -> float:
    """CPU seconds of a process and its children that are gone."""
    cells = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(int(cell) for cell in cells[11:15]) / os.sysconf("SC_CLK_TCK")
