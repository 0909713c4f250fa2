"""Rendering happens in a child that is limited, knows no secret, and may die without harm."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from supervision.records import pdf, renderer
from supervision.records.pdf_parts import Attachment, RenderFailed
from tests.records.pdf_samples import MOMENT, NAMES, about, record

pytestmark = pytest.mark.filterwarnings("ignore:unclosed file .*sRGB2014:ResourceWarning")


@pytest.fixture(autouse=True, scope="module")
def _end_with_the_tests() -> Iterator[None]:
    yield
    renderer.stop()


def child() -> Any:
    """The child in use, started if need be."""
    with renderer._one_at_a_time:
        return renderer._ready_child()


def _in_use() -> int:
    assert renderer._child is not None
    return renderer._child.process.pid


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_the_child_makes_the_very_bytes_that_render_makes() -> None:
    page = record(facts=[(name, name) for name in NAMES])
    assert digest(renderer.render_in_child(page, **about())) == digest(pdf.render(page, **about()))


def test_one_child_serves_many_documents_and_a_new_one_makes_the_same_bytes() -> None:
    first = renderer.render_in_child(record(), **about())
    served = child().process.pid
    assert renderer.render_in_child(record(), **about(identifier="as text")) != first
    assert child().process.pid == served
    renderer.stop()
    assert digest(renderer.render_in_child(record(), **about())) == digest(first)
    assert child().process.pid != served


def test_paper_comes_from_the_settings(settings: Any) -> None:
    settings.PDF_PAGE_SIZE = "A4"
    assert renderer.render_in_child(record(), **about()) == pdf.render(record(), **about(page_size="A4"))


def test_the_child_knows_no_secret_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "a-secret-in-the-environment")
    monkeypatch.setenv("DATABASE_URL", "postgres://who:a-secret-in-the-environment@db/records")
    renderer.stop()
    renderer.render_in_child(record(), **about())
    environment = Path(f"/proc/{child().process.pid}/environ").read_bytes()
    assert b"a-secret-in-the-environment" not in environment
    assert b"COMMON_HOUR" not in environment
    assert b"PATH=" in environment


def test_the_child_is_limited_and_can_write_no_file() -> None:
    renderer.render_in_child(record(), **about())
    limits = Path(f"/proc/{child().process.pid}/limits").read_text()
    soft = {line[:26].strip(): line[26:].split()[0] for line in limits.splitlines()}
    assert soft["Max address space"] == str(renderer.MEMORY_BYTES)
    assert int(soft["Max cpu time"]) <= renderer.CPU_SECONDS + 60
    assert soft["Max file size"] == soft["Max core file size"] == "0"


def test_a_child_that_dies_is_replaced() -> None:
    renderer.render_in_child(record(), **about())
    os.kill(child().process.pid, signal.SIGKILL)
    assert renderer.render_in_child(record(), **about()).startswith(b"%PDF")


def test_a_child_that_dies_at_work_fails_in_plain_words_and_the_next_one_works() -> None:
    renderer.render_in_child(record(), **about())
    victim = child().process.pid
    threading.Timer(0.5, os.kill, (victim, signal.SIGKILL)).start()
    with pytest.raises(RenderFailed, match="Nothing was lost"):
        renderer.render_in_child("<p>" + "word " * 150_000, **about())
    assert renderer.render_in_child(record(), **about()).startswith(b"%PDF")


def test_what_takes_too_long_is_stopped_and_leaves_nothing_behind() -> None:
    renderer.render_in_child(record(), **about())
    slow = child()
    with pytest.raises(RenderFailed, match="too long"):
        renderer.render_in_child("<p>" + "a secret word " * 60_000, **about(), seconds=0.5)
    assert slow.process.poll() is not None
    assert not Path(slow.scratch).exists()
    assert renderer.render_in_child(record(), **about()).startswith(b"%PDF")


def test_memory_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    renderer.stop()
    renderer.render_in_child(record(), **about())
    status = Path(f"/proc/{child().process.pid}/status").read_text()
    (peak,) = [line.split()[1] for line in status.splitlines() if line.startswith("VmPeak")]
    # what a page takes, and room for the arenas that threads of Pango reserve in one run and not in the next
    monkeypatch.setattr(renderer, "MEMORY_BYTES", int(peak) * 1024 + 256_000_000)
    monkeypatch.setattr(renderer, "MAX_ATTACHED_BYTES", 300_000_000)
    renderer.stop()
    assert renderer.render_in_child(record(), **about()).startswith(b"%PDF")
    files = [Attachment("large.json", b"a secret " * 33_000_000, "Large", MOMENT)]
    with pytest.raises(RenderFailed) as failure:
        renderer.render_in_child(record(), **about(attachments=files))
    assert "secret" not in failure.value.message
    assert renderer.render_in_child(record(), **about()).startswith(b"%PDF")


def test_time_of_the_processor_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renderer, "CPU_SECONDS", 1)
    renderer.stop()
    with pytest.raises(RenderFailed, match="too long"):
        renderer.render_in_child("<p>" + "a secret word " * 60_000, **about())
    renderer.stop()


def test_input_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RenderFailed, match="too long to be turned"):
        renderer.render_in_child("x" * (renderer.MAX_HTML_BYTES + 1), **about())
    monkeypatch.setattr(renderer, "MAX_ATTACHED_BYTES", 3)
    with pytest.raises(RenderFailed, match="too long to be turned"):
        renderer.render_in_child(record(), **about())


def _file_or_refusal(page: str) -> bool:
    try:
        return renderer.render_in_child(page, **about(), seconds=2).startswith(b"%PDF")
    except RenderFailed as failure:
        return failure.message.endswith(".") and "Error" not in failure.message


@pytest.mark.parametrize(
    "hostile",
    [
        "<div>" * 20_000,
        "<table><tr>" * 3_000,
        "<b>" * 50_000,
        "\ud800",
        "\x00",
        "<p>&#xD800;</p>",
        "",
        "<svg><text>",
    ],
)
def test_hostile_pages_make_a_file_or_a_plain_refusal_and_never_anything_else(hostile: str) -> None:
    assert _file_or_refusal(hostile)
    assert renderer.render_in_child(record(), **about()).startswith(b"%PDF")


def test_a_refusal_names_the_character_and_quotes_nothing_else() -> None:
    with pytest.raises(RenderFailed, match=r"U\+13000") as failure:
        renderer.render_in_child("<p>what nobody else may read 𓀀</p>", **about())
    assert "nobody" not in failure.value.message


def test_a_child_is_renewed_after_its_share_of_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    renderer.stop()
    monkeypatch.setattr(renderer, "DOCUMENTS_PER_CHILD", 2)
    used = set()
    for _ in range(3):
        renderer.render_in_child("<p>short</p>", **about())
        used.add(_in_use())
    assert len(used) == 2


def test_threads_take_turns() -> None:
    made: list[str] = []
    pages = [record(facts=[("Number", str(number))]) for number in range(4)]

    def work(page: str) -> None:
        made.append(digest(renderer.render_in_child(page, **about())))

    threads = [threading.Thread(target=work, args=(page,)) for page in pages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(made) == {digest(pdf.render(page, **about())) for page in pages}


def _render_after_fork(queue: Any) -> None:
    queue.put((digest(renderer.render_in_child(record(), **about())), _in_use()))
    renderer.stop()


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_worker_gets_a_child_of_its_own() -> None:
    ours = digest(renderer.render_in_child(record(), **about()))
    kept = child().process.pid
    context = multiprocessing.get_context("fork")
    queue: Any = context.Queue()
    worker = context.Process(target=_render_after_fork, args=(queue,))
    worker.start()
    theirs, pid = queue.get(timeout=60)
    worker.join(timeout=30)
    assert theirs == ours
    assert pid != kept
    assert digest(renderer.render_in_child(record(), **about())) == ours
    assert child().process.pid == kept


def test_the_child_goes_when_its_parent_does(tmp_path: Path) -> None:
    renderer.stop()
    renderer.render_in_child(record(), **about())
    orphan = child()
    scratch = Path(orphan.scratch)
    assert any(scratch.rglob("*"))
    orphan.socket.close()  # what the system does for a parent that was killed
    orphan.process.wait(timeout=20)
    assert not scratch.exists()
    renderer.stop()
