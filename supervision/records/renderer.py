"""PDFs are rendered in a separate process that is limited, holds no secrets and may be killed at any time.

WeasyPrint is not safe in threads, and hostile or huge text can keep it busy for minutes. So one child per process
renders one document at a time over a socket, under a limit of memory, CPU time and wall time. It gets neither our
environment nor our log, and ends by itself when its parent does.
"""

import atexit
import json
import os
import shutil
import signal
import socket
import struct
import subprocess  # nosec B404: a fixed command, no shell
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings

from supervision.records.pdf_parts import Attachment, RenderFailed

# The longest HTML taken: about 400 full pages. 2 MB of words took 97 s to lay out.
MAX_HTML_BYTES = 1_500_000
MAX_ATTACHED_BYTES = 20_000_000
MAX_PDF_BYTES = 100_000_000
WALL_SECONDS = 120.0
CPU_SECONDS = 100
MEMORY_BYTES = 2_000_000_000
DOCUMENTS_PER_CHILD = 200
START_SECONDS = 60.0
PING = b"\0\0\0\0"
PROJECT = Path(__file__).resolve().parents[2]

TOO_LONG = (
    "This record is too long to be turned into a PDF. Nothing was lost; ask an administrator to look at it."
)
TOO_SLOW = (
    "Turning this record into a PDF took too long and was stopped. Nothing was lost; it can be tried again."
)
DIED = "The program that makes PDFs stopped unexpectedly. Nothing was lost; it can be tried again."


class _Child:
    """One rendering process and the socket to it."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.documents = 0
        self.scratch = tempfile.mkdtemp(prefix="record-renderer-")
        self.socket, theirs = socket.socketpair()
        command = [sys.executable, "-m", "supervision.records.renderer_child", str(theirs.fileno())]
        limits = [str(MEMORY_BYTES), str(CPU_SECONDS)]
        self.process = subprocess.Popen(  # nosec B603
            command + limits,
            cwd=PROJECT,
            env=_environment(self.scratch),
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        theirs.close()

    @property
    def worn(self) -> bool:
        return self.documents >= DOCUMENTS_PER_CHILD

    def answers(self) -> bool:
        """Whether it is there and has its fonts loaded. Waits for one that is just starting."""
        deadline = time.monotonic() + START_SECONDS
        try:
            self.socket.settimeout(START_SECONDS)
            self.socket.sendall(PING)
            return self._receive(len(PING), deadline) == PING
        except OSError:
            return False

    def stop(self) -> None:
        self.socket.close()
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.scratch, ignore_errors=True)

    def ask(
        self, header: dict[str, object], parts: list[bytes], seconds: float
    ) -> tuple[dict[str, object], bytes]:
        deadline = time.monotonic() + seconds
        self.documents += 1
        self._send(header, parts, deadline)
        (length,) = struct.unpack("!I", self._receive(4, deadline))
        answer = json.loads(self._receive(length, deadline))
        size = int(answer.get("size", 0))
        if size > MAX_PDF_BYTES:
            raise ConnectionError("more than was asked for")
        return answer, self._receive(size, deadline)

    def _send(self, header: dict[str, object], parts: list[bytes], deadline: float) -> None:
        head = json.dumps(header | {"sizes": [len(part) for part in parts]}).encode()
        self.socket.settimeout(max(0.001, deadline - time.monotonic()))
        self.socket.sendall(b"".join((struct.pack("!I", len(head)), head, *parts)))

    def _receive(self, size: int, deadline: float) -> bytes:
        chunks = []
        while size:
            self.socket.settimeout(max(0.001, deadline - time.monotonic()))
            chunk = self.socket.recv(min(size, 1 << 20))
            if not chunk:
                raise ConnectionError("the child is gone")
            chunks.append(chunk)
            size -= len(chunk)
        return b"".join(chunks)


def _environment(scratch: str) -> dict[str, str]:
    """What the child needs to run and nothing else: no key, password or address of a database."""
    kept = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "VIRTUAL_ENV", "SYSTEMROOT")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    fonts = str(PROJECT / "supervision" / "records" / "fonts.conf")
    return environment | {
        "TMPDIR": scratch,
        "HOME": scratch,
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "MALLOC_ARENA_MAX": "2",  # else every thread reserves 64 MB of the memory that it is allowed
        "FONTCONFIG_FILE": fonts,
    }


_child: _Child | None = None
_one_at_a_time = threading.Lock()


def _ready_child() -> _Child:
    global _child
    if _child is not None and _child.owner != os.getpid():
        _child = None  # inherited over a fork: it belongs to the parent, which goes on using it
    if _child is not None and (_child.worn or not _child.answers()):
        stop()
    if _child is None:
        _child = _Child()
        if not _child.answers():
            stop()
            raise RenderFailed(DIED)
    return _child


def stop() -> None:
    """End this process's rendering child, if it has one. The next document starts a new one."""
    global _child
    if _child is not None and _child.owner == os.getpid():
        _child.stop()
    _child = None


atexit.register(stop)


def render_in_child(
    html: str,
    *,
    title: str,
    created: datetime,
    identifier: bytes | str,
    attachments: Iterable[Attachment] = (),
    lang: str = "en-US",
    page_size: str | None = None,
    seconds: float = WALL_SECONDS,
) -> bytes:
    """The PDF of a record, made by pdf.render() in the limited child: same arguments, same bytes.

    page_size is settings.PDF_PAGE_SIZE unless given; seconds is the longest wait. Safe to call from threads and
    after a fork; callers of one process take turns. Raises RenderFailed, in words that quote nothing of the record.
    """
    files = list(attachments)
    page = html.encode("utf-8", "surrogatepass")
    if len(page) > MAX_HTML_BYTES or sum(len(file.bytes) for file in files) > MAX_ATTACHED_BYTES:
        raise RenderFailed(TOO_LONG)
    header: dict[str, object] = {
        "title": title,
        "created": created.isoformat(),
        "identifier": identifier.encode().hex() if isinstance(identifier, str) else identifier.hex(),
        "lang": lang,
        "page_size": page_size or getattr(settings, "PDF_PAGE_SIZE", "Letter"),
        "files": [
            {"name": f.name, "description": f.description, "created": f.created.isoformat()} for f in files
        ],
    }
    with _one_at_a_time:
        answer, pdf = _ask(header, [page, *(file.bytes for file in files)], seconds)
    if answer["problem"]:
        raise RenderFailed(str(answer["problem"]))
    return pdf


def _ask(header: dict[str, object], parts: list[bytes], seconds: float) -> tuple[dict[str, object], bytes]:
    child = _ready_child()
    try:
        return child.ask(header, parts, seconds)
    except TimeoutError:
        stop()
        raise RenderFailed(TOO_SLOW) from None
    except (OSError, ValueError, struct.error):
        slow = _ran_out_of_time(child)
        stop()
        raise RenderFailed(TOO_SLOW if slow else DIED) from None


def _ran_out_of_time(child: _Child) -> bool:
    """Whether the system ended the child for its CPU time."""
    try:
        return child.process.wait(timeout=1) == -signal.SIGXCPU
    except subprocess.TimeoutExpired:
        return False
