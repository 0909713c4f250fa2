"""What may be kept as evidence: a PDF, a PNG or a JPEG, told by what is in the file and not by what it is called.

A picture is kept up to its end: what some cameras, and people with other intentions, put behind it is cut off. A file that could be
read as something else as well is refused, as far as that can be told. Nothing of it is written to disk.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django.utils.translation import gettext as _
from PIL import Image

from supervision.records.errors import Invalid

from .models import EvidenceFile

LARGEST_BYTES = 5 * 1024 * 1024
# Of the largest telephone cameras; what unfolds to more is no photograph of a certificate. A PNG unfolds as a whole.
MOST_PIXELS = {"JPEG": 50_000_000, "PNG": 25_000_000}
MOST_SCANS = 30  # a camera makes one, a progressive picture ten
MIME = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg"}
PNG_START, JPEG_START, PDF_START = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"%PDF-"
PAGES_IN_PICTURES = (b"<script", b"<html", b"<!doctype", b"<?php", b"<svg")
BEGINNING = 1024  # readers look for the mark of a PDF in so many bytes
Type = EvidenceFile.Type


@dataclass(frozen=True)
class Checked:
    """A file that is what it says it is. `content` is what may be stored."""

    type: str
    content: bytes


class _Broken(Exception):
    """It begins like a file of this type, and is none."""


def check(data: bytes) -> Checked:
    """What this file is. Raises Invalid, in words for the person who sent it, for everything that is not taken."""
    if not data:
        raise Invalid(_("This file is empty. Choose another one."), field="file")
    if len(data) > LARGEST_BYTES:
        raise too_large()
    found = next((type_ for type_, start in _STARTS.items() if data.startswith(start)), None)
    if found is None:
        raise Invalid(
            _("This is no PDF, PNG or JPEG file, whatever its name says. Choose one of these."), field="file"
        )
    try:
        content = _CHECKS[found](data)
    except _Broken:
        raise Invalid(
            _(
                "This file is damaged, or something else is hidden in it. Save or scan it anew, then choose that one."
            ),
            field="file",
        ) from None
    return Checked(found, content)


def too_large() -> Invalid:
    return Invalid(_("This file is larger than 5 MB. Choose a smaller one."), field="file")


# Pictures -----------------------------------------------------------------------------------------------------


def _png(data: bytes) -> bytes:
    content = data[: _end_of_png(data)]
    _is_nothing_else(content)
    _can_be_drawn(content, "PNG")
    return content


def _end_of_png(data: bytes) -> int:
    """Where the picture ends: every part is as long as it says and carries its right mark, from the head to the end."""
    at, first = len(PNG_START), True
    while True:
        head = data[at : at + 8]
        if len(head) < 8:
            raise _Broken
        length, name = int.from_bytes(head[:4], "big"), head[4:]
        end = at + 12 + length
        if end > len(data) or first != (name == b"IHDR"):
            raise _Broken
        if zlib.crc32(data[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
            raise _Broken
        if name == b"IEND":
            return end
        at, first = end, False


def _jpeg(data: bytes) -> bytes:
    content = data[: _end_of_jpeg(data)]
    _is_nothing_else(content)
    _can_be_drawn(content, "JPEG")
    return content


def _end_of_jpeg(data: bytes) -> int:
    """Where the picture ends: segment by segment, and through the drawing itself, which has no length, to its end mark."""
    at, scans = 2, 0
    while True:
        if data[at : at + 1] != b"\xff" or at + 4 > len(data) + 2:
            raise _Broken
        mark = data[at + 1 : at + 2]
        if mark == b"\xff":  # a filler
            at += 1
        elif mark == b"\xd9":
            return at + 2
        elif mark == b"\xda":
            scans += 1
            if scans > MOST_SCANS:  # each is drawn over the whole picture
                raise _Broken
            at = _after_drawing(data, at + 2 + _length(data, at + 2))
        else:
            at += 2 + _length(data, at + 2)


def _length(data: bytes, at: int) -> int:
    length = int.from_bytes(data[at : at + 2], "big")
    if length < 2 or at + length > len(data):
        raise _Broken
    return length


_NEXT_MARK = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)


def _after_drawing(data: bytes, at: int) -> int:
    found = _NEXT_MARK.search(data, at)
    if found is None:
        raise _Broken
    return found.start()


def _can_be_drawn(content: bytes, format_: str) -> None:
    """The picture is there, and does not unfold into more than a photograph."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(content), formats=[format_]) as picture:
                if picture.width * picture.height > MOST_PIXELS[format_]:
                    raise _Broken
                picture.draft(None, (64, 64))  # a JPEG is unfolded at an eighth of its size
                picture.load()
    except _Broken:
        raise
    except (
        Exception
    ) as error:  # a library that reads what strangers made: whatever it says, this is no picture
        raise _Broken from error


# PDF ----------------------------------------------------------------------------------------------------------

# What an action does beside showing another place in the document.
ACTS = (
    *("/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE"),
    *("/Rendition", "/Movie", "/Sound", "/RichMediaExecute"),
)
# What acts without being asked, holds other files, or is a form that readers draw by themselves.
HOLDS = ("/AA", "/AF", "/EF", "/EmbeddedFiles", "/JavaScript", "/XFA")
CARRIERS = (
    "/FileAttachment",
    "/Movie",
    "/RichMedia",
    "/Screen",
    "/Sound",
    "/3D",
)  # notes on a page that hold something else
# Where drawing is described, and names are whatever somebody chose: nothing of it acts.
DRAWS = ("/Resources", "/DR", "/AP", "/Contents", "/Dests", "/PieceInfo", "/StructTreeRoot")
MOST_STEPS = 1_000_000  # of reading its parts: some seconds
MOST_ACTIONS = 100  # one after the other


def _pdf(data: bytes) -> bytes:
    after = data.rpartition(b"%%EOF")[2]
    if after == data or after.strip(b"\x00\t\n\x0c\r "):
        raise _Broken  # nothing stands behind the end of a PDF
    _is_no_archive(data)
    from pyhanko.pdf_utils.reader import PdfFileReader  # large: loaded when the first PDF comes

    try:
        reader = PdfFileReader(io.BytesIO(data), strict=False)
        locked = reader.encrypted
        sound = locked or _pages_and_nothing_more(reader)
    except Exception as error:  # as above
        raise _Broken from error
    if locked:
        raise Invalid(_("This PDF is locked with a password. Choose one that opens without."), field="file")
    if not sound:
        raise _Broken
    return data


def _pages_and_nothing_more(reader: Any) -> bool:
    """It has pages, does nothing by itself when it is opened or a page is turned to, and carries no other files."""
    root = reader.root
    return (
        int(root["/Pages"]["/Count"]) > 0
        and ("/OpenAction" not in root or _only_goes_there(root["/OpenAction"]))
        and not any(_acts_or_carries(part) for part in _parts(reader))
    )


def _only_goes_there(action: Any) -> bool:
    """What happens as it is opened: a place in the document is shown, and so on with what comes next."""
    from pyhanko.pdf_utils import generic

    waiting = [action]
    for _turn in range(MOST_ACTIONS):
        if not waiting:
            return True
        one = waiting.pop()
        if not isinstance(one, generic.DictionaryObject):
            continue  # a place by itself
        if "/S" in one and one["/S"] != "/GoTo":
            return False
        if "/Next" in one:
            following = one["/Next"]
            is_list = isinstance(following, generic.ArrayObject)
            waiting += [following[place] for place in range(len(following))] if is_list else [following]
    return False


def _acts_or_carries(part: Any) -> bool:
    return (
        any(name in part for name in HOLDS)
        or ("/S" in part and part["/S"] in ACTS)
        or ("/Subtype" in part and part["/Subtype"] in CARRIERS)
    )


def _parts(reader: Any) -> Iterator[Any]:
    """Everything that the document leads to, but for how its pages are drawn: pages, notes on them, fields, actions, names.

    Raises _Broken for one that would take too long.
    """
    from pyhanko.pdf_utils import generic

    waiting, seen, steps = [reader.root], set(), 0
    while waiting:
        part = waiting.pop()
        if isinstance(part, generic.IndirectObject):
            if part.reference in seen:
                continue
            seen.add(part.reference)
            steps += _steps_to(reader, part.reference)
            part = part.get_object()
        steps += 1
        if steps > MOST_STEPS:
            raise _Broken
        if isinstance(part, generic.DictionaryObject):
            yield part
            waiting += [part.raw_get(name) for name in part if name not in DRAWS]
        elif isinstance(part, generic.ArrayObject):
            waiting += [part.raw_get(place) for place in range(len(part))]


def _steps_to(reader: Any, reference: Any) -> int:
    """Of objects that are packed together, all are gone through to find one."""
    from pyhanko.pdf_utils import generic, xref

    place = reader.xrefs[reference]
    if not isinstance(place, xref.ObjStreamRef):
        return 1
    packed: Any = generic.Reference(place.obj_stream_id, 0, reader).get_object()
    return int(packed["/N"])


# Two things at once ---------------------------------------------------------------------------------------------


def _is_nothing_else(content: bytes) -> None:
    """No picture that a browser, a PDF reader or an unpacker would take for one of theirs."""
    lowered = content.lower()
    if PDF_START in content[:BEGINNING] or any(mark in lowered for mark in PAGES_IN_PICTURES):
        raise _Broken
    _is_no_archive(content)


def _is_no_archive(content: bytes) -> None:
    """An archive is read from its end, so one can hide in the comments of anything."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        raise _Broken


_STARTS = {Type.PDF.value: PDF_START, Type.PNG.value: PNG_START, Type.JPEG.value: JPEG_START}
_CHECKS = {Type.PDF.value: _pdf, Type.PNG.value: _png, Type.JPEG.value: _jpeg}


# Names --------------------------------------------------------------------------------------------------------

_NOT_IN_NAMES = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff\"*/:<>?\\|%;]+"
)
LONGEST_NAME = 100


def safe_name(given: str, type_: str) -> str:
    """A plain file name that ends as its content says: no folders, no control or reordering characters, no second ending."""
    stem = _NOT_IN_NAMES.sub(" ", PurePosixPath(given.replace("\\", "/")).name)
    stem = stem.rpartition(".")[0] if "." in stem else stem
    stem = " ".join(stem.replace(".", " ").split())[:LONGEST_NAME].strip()
    return f"{stem or 'evidence'}.{type_}"
