"""Everything that a file says to whoever opens it: the text of its pages and what is packed in it, however deep."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import pypdf


def words_in(data: bytes) -> str:
    """The bytes as text; of a PDF the text of its pages, its outline and its attachments; of an archive every file in it.

    Spaces are left out of the pages of a PDF: a line may end within a word.
    """
    if data.startswith(b"%PDF-"):
        return "\n".join(_of_pdf(data))
    if data.startswith(b"PK\x03\x04"):
        return "\n".join(_of_archive(data))
    return data.decode(errors="replace")


def _of_pdf(data: bytes) -> Iterator[str]:
    opened = pypdf.PdfReader(io.BytesIO(data))
    for page in opened.pages:
        yield "".join(page.extract_text().split())
    yield str(opened.metadata)
    yield str(opened.outline)
    for name, contents in opened.attachments.items():
        yield name
        yield from (words_in(one) for one in contents)


def _of_archive(data: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for entry in archive.infolist():
            yield entry.filename
            yield words_in(archive.read(entry))
