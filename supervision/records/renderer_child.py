"""The rendering process that renderer.py starts. Answers one document after the other until its parent is gone."""

import json
import os
import resource
import shutil
import socket
import struct
import sys
from datetime import datetime

from supervision.records import pdf
from supervision.records.pdf_parts import Attachment, RenderFailed

UNEXPECTED = (
    "This record could not be laid out on pages. Nothing was lost; ask an administrator to look at it."
)


def main(descriptor: int, memory: int, cpu_seconds: int) -> None:
    connection = socket.socket(fileno=descriptor)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold words of records
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    pdf.warm_up()
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # the fonts are in place; from here on no file grows
    try:
        while (head := _receive(connection, 4)) is not None:
            (length,) = struct.unpack("!I", head)
            if length:
                _allow_cpu(cpu_seconds)
                _answer(connection, json.loads(_all(connection, length)))
            else:
                connection.sendall(head)  # the parent only asks whether anybody is there
    finally:
        shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)


def _allow_cpu(seconds: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def _answer(connection: socket.socket, request: dict) -> None:
    page, *files = [_all(connection, size) for size in request["sizes"]]
    problem, made, trusted = "", b"", True
    try:
        made = _render(request, page, files)
    except RenderFailed as failure:
        problem = failure.message
    except Exception:  # whatever went wrong inside may quote the record: say only that it did
        problem, trusted = UNEXPECTED, False
    head = json.dumps({"problem": problem, "size": len(made)}).encode()
    connection.sendall(struct.pack("!I", len(head)) + head + made)
    if not trusted:
        raise SystemExit(0)  # out of memory, say: the next document gets a child that nothing has happened to


def _render(request: dict, page: bytes, files: list[bytes]) -> bytes:
    attachments = [
        Attachment(about["name"], content, about["description"], datetime.fromisoformat(about["created"]))
        for about, content in zip(request["files"], files, strict=True)
    ]
    return pdf.render(
        page.decode("utf-8", "surrogatepass"),
        title=request["title"],
        created=datetime.fromisoformat(request["created"]),
        identifier=bytes.fromhex(request["identifier"]),
        attachments=attachments,
        lang=request["lang"],
        page_size=request["page_size"],
    )


def _receive(connection: socket.socket, size: int) -> bytes | None:
    """Exactly size bytes, or None when the parent has closed its end."""
    data = bytearray()
    while len(data) < size:
        chunk = connection.recv(min(size - len(data), 1 << 20))
        if not chunk:
            return None
        data += chunk
    return bytes(data)


def _all(connection: socket.socket, size: int) -> bytes:
    data = _receive(connection, size)
    if data is None:
        raise SystemExit(0)
    return data


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
