"""HTML of a record -> one PDF file that is PDF/A-3a and PDF/UA-1, carries its data, and never differs.

The same input gives the same bytes in every process. Nothing is ever fetched: pictures, style sheets, fonts and
attachments named in the HTML are refused, whatever their address. Fonts come from our own directory, through the
record's own style sheet only. Knows nothing of Django: it runs in the child process of renderer.py, which holds
no secrets.
"""

import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from unicodedata import bidirectional, category
from xml.etree.ElementTree import Element

import pydyf
import weasyprint
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse, URLFetchingError

from supervision.records import glyphs
from supervision.records.glyph_meanings import meaning_of
from supervision.records.pdf_parts import PAGE_SIZES, SEAL_ANCHOR, SEAL_FIELD, Attachment, RenderFailed

HERE = Path(__file__).resolve().parent
POINTS_PER_PIXEL = 0.75
FONT_SCHEME = "record-font"

# WeasyPrint quotes the document in its warnings; words of a record belong in no log.
logging.getLogger("weasyprint").disabled = True
logging.getLogger("weasyprint.progress").disabled = True


class FontFetcher(URLFetcher):
    """Gives the record's style sheet the faces listed in glyphs.FACES, by file name, and nothing else."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=())

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        scheme, _, name = url.partition(":")
        for face in glyphs.FACES:
            if scheme == FONT_SCHEME and name == face.file:
                return URLFetcherResponse(url, face.path.read_bytes(), {"Content-Type": "font/ttf"})
        raise ValueError("not one of the record's fonts")


@contextmanager
def _only_our_fonts() -> Iterator[None]:
    """Fontconfig reads its set-up when a FontConfiguration is made: have it read ours, without the machine's fonts."""
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(HERE / "fonts.conf")
    try:
        yield
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before


def _font_faces() -> str:
    return "".join(
        f'@font-face{{font-family:"{face.family}";font-weight:{face.weight};src:url({FONT_SCHEME}:{face.file})}}'
        for face in glyphs.FACES
    )


@lru_cache(maxsize=1)
def _fonts() -> FontConfiguration:
    """The one font set-up of this process, with every face loaded."""
    with _only_our_fonts():
        fonts = FontConfiguration()
    weasyprint.CSS(string=_font_faces(), font_config=fonts, url_fetcher=FontFetcher())
    return fonts


@lru_cache
def _style_sheet(page_size: str, first_family: str) -> weasyprint.CSS:
    """The record's style sheet, parsed once for each size of paper and leading family."""
    families = ",".join(f'"{family}"' for family in glyphs.family_list(first_family))
    css = (HERE / "pdf.css").read_text("utf-8").replace('"Record Text"', families)
    refuse = URLFetcher(allowed_protocols=())
    return weasyprint.CSS(string=f"@page{{size:{page_size}}}{css}", font_config=_fonts(), url_fetcher=refuse)


def warm_up(page_size: str = "Letter") -> None:
    """Load fonts and style sheet now rather than with the first record."""
    _style_sheet(page_size, glyphs.USUAL)


def render(
    html: str,
    *,
    title: str,
    created: datetime,
    identifier: bytes | str,
    attachments: Iterable[Attachment] = (),
    lang: str = "en-US",
    page_size: str = "Letter",
) -> bytes:
    """The PDF of a record, as bytes: PDF/A-3a and PDF/UA-1, tagged, attachments embedded as its source.

    html must be a whole page in which all that people wrote is escaped. created is the moment of the record, with
    a zone: it becomes the date of the file. identifier names the record and goes into the file's /ID. An element
    with id="seal" gets an empty signature field over it, for seal_pdf. Equal arguments give equal bytes.
    Elements with dir="auto" get the direction of their first letter. Names belong beside drawings, never inside.
    Raises RenderFailed for a character without a glyph, for a label in a drawing that has joining letters, and for
    HTML too deeply nested; ValueError for an unknown page size or a moment without a zone.
    """
    if page_size not in PAGE_SIZES:
        raise ValueError(f"PDF page size must be one of {', '.join(PAGE_SIZES)}")
    moment = _utc(created)
    style = _style_sheet(page_size, glyphs.first_family(html))
    try:
        page = weasyprint.HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=()))
        _set_directions(page.etree_element)
        _refuse_unshaped_labels(page.etree_element)
        document = page.render(font_config=_fonts(), stylesheets=[style], pdf_variant="pdf/a-3a")
        _describe(document.metadata, title=title, created=moment, lang=lang)
        return document.write_pdf(
            finisher=_finish,
            pdf_variant="pdf/a-3a",
            pdf_version="1.7",
            pdf_tags=True,
            pdf_identifier=identifier.encode() if isinstance(identifier, str) else identifier,
            attachments=[_embedded(file) for file in sorted(attachments, key=lambda file: file.name)],
        )
    except (
        URLFetchingError
    ):  # most are swallowed by WeasyPrint, which leaves the thing out; that of a color profile is not
        raise RenderFailed("This page asks for a file from elsewhere, and a record never does.") from None
    except RecursionError:
        raise RenderFailed("This record is nested too deeply to be laid out on pages.") from None


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("the moment of a record needs a time zone")
    return moment.astimezone(UTC).replace(microsecond=0)


def _describe(
    metadata: weasyprint.document.DocumentMetadata, *, title: str, created: datetime, lang: str
) -> None:
    """What the file says of itself comes from the caller, never from elements inside the HTML."""
    stamp = created.strftime("%Y-%m-%dT%H:%M:%SZ")
    metadata.title, metadata.lang, metadata.generator = title, lang, "Common Hour"
    metadata.created = metadata.modified = stamp
    metadata.authors, metadata.keywords, metadata.description = [], [], None
    metadata.attachments, metadata.xmp_metadata, metadata.custom = [], [], {}


def _embedded(file: Attachment) -> weasyprint.Attachment:
    moment = _utc(file.created)
    return weasyprint.Attachment(
        string=file.bytes,
        name=file.name,
        description=file.description,
        created=moment,
        modified=moment,
        relationship="Source",
        url_fetcher=URLFetcher(allowed_protocols=()),
    )


def _set_directions(root: Element) -> None:
    """dir="auto" becomes rtl or ltr by the first strong letter inside, since WeasyPrint knows only those two."""
    for element in root.iter():
        if element.get("dir") == "auto":
            kinds = (bidirectional(character) for text in element.itertext() for character in text)
            first = next((kind for kind in kinds if kind in ("L", "R", "AL")), "L")
            element.set("dir", "ltr" if first == "L" else "rtl")


SVG_TEXT = "{http://www.w3.org/2000/svg}text"


def _refuse_unshaped_labels(root: Element) -> None:
    """WeasyPrint sets the text of drawings letter by letter, so letters that join or stack would come out wrong."""
    for label in root.iter(SVG_TEXT):
        for character in "".join(label.itertext()):
            if bidirectional(character) in ("R", "AL", "AN") or category(character).startswith("M"):
                raise RenderFailed(
                    "A label in a drawing has letters that only running text can show rightly."
                )


# --- finishing: what WeasyPrint 70 leaves open between PDF/A-3a and PDF/UA-1 ------------------------------------

PDFUA_CLAIM = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"\
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">\
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">\
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>\
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>\
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>\
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">\
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>\
<pdfaProperty:category>internal</pdfaProperty:category>\
<pdfaProperty:description>The part of ISO 14289 that the file keeps to</pdfaProperty:description>\
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
</rdf:RDF>"""


def _finish(document: weasyprint.Document, pdf: pydyf.PDF) -> None:
    by_reference = {item.reference: item for item in pdf.objects}
    _refuse_missing_glyphs(document)
    _spell_out_glyphs(document, pdf, by_reference)
    _claim_accessibility(pdf)
    _scope_headers(pdf, by_reference)
    _add_seal_field(document, pdf, by_reference)
    if "AF" in pdf.catalog:  # every file is listed twice
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))


def _refuse_missing_glyphs(document: weasyprint.Document) -> None:
    missing = {chr(point) for font in document.fonts.values() for point in font.missing}
    missing.update(c for font in document.fonts.values() for c in font.to_unicode.get(0, ""))
    if missing:
        names = ", ".join(glyphs.describe(character) for character in sorted(missing)[:5])
        raise RenderFailed(f"No font of ours has these characters, so they cannot be printed: {names}.")


def _spell_out_glyphs(document: weasyprint.Document, pdf: pydyf.PDF, by_reference: dict[bytes, Any]) -> None:
    """Correct what the file says each glyph means, so that text can be copied, searched and read aloud.

    Where a letter and its marks are several glyphs, WeasyPrint gives the whole to one glyph and nothing to the
    others, everywhere in the file. Here each glyph that a character of its own has gets that character.
    """
    streams = {}
    for item in pdf.objects:
        if isinstance(item, dict) and item.get("Type") == "/Font" and "ToUnicode" in item:
            streams[item["BaseFont"]] = by_reference[item["ToUnicode"]]
    for font in document.fonts.values():
        if all(len(text) == 1 for text in font.to_unicode.values()):
            continue
        face = glyphs.face_of(font.family, font.weight)
        lines = streams[font.name].stream
        for glyph, text in font.to_unicode.items():
            old, new = _mapping(glyph, text), _mapping(glyph, meaning_of(face, glyph, text))
            lines[:] = [new if line == old else line for line in lines]


def _mapping(glyph: int, text: str) -> bytes:
    return f"<{glyph:04x}> <{text.encode('utf-16-be').hex()}>".encode()


def _claim_accessibility(pdf: pydyf.PDF) -> None:
    """Add the PDF/UA-1 claim to the XMP packet, and leave the packet readable without inflating."""
    for item in pdf.objects:
        if isinstance(item, pydyf.Stream) and item.extra.get("Type") == "/Metadata":
            packet = b"".join(part if isinstance(part, bytes) else str(part).encode() for part in item.stream)
            item.stream = [packet.replace(b"</rdf:RDF>", PDFUA_CLAIM, 1)]
            item.compress = False


def _scope_headers(pdf: pydyf.PDF, by_reference: dict[bytes, Any]) -> None:
    """Give header cells their scope, and the structure tree the index of their ids."""
    ids = {}
    for reference, item in by_reference.items():
        if isinstance(item, dict) and item.get("Type") == "/StructElem" and item.get("S") == "/TH":
            section = by_reference[by_reference[item["P"]]["P"]]  # TH -> TR -> THead, TBody or Table
            item["A"]["Scope"] = "/Column" if section["S"] == "/THead" else "/Row"
            if "ID" in item:
                ids[item["ID"].data] = (item["ID"], reference)
    if ids:
        names = pydyf.Array()
        for key in sorted(ids):
            names.extend(ids[key])
        by_reference[pdf.catalog["StructTreeRoot"]]["IDTree"] = pydyf.Dictionary({"Names": names})


def _add_seal_field(document: weasyprint.Document, pdf: pydyf.PDF, by_reference: dict[bytes, Any]) -> None:
    """An empty, tagged signature field over the element with id="seal".

    Made here because a field that the sealing library adds itself is untagged, and an untagged one cannot keep to
    both standards. The field of an archive time stamp must not be made here: filling a tagged one breaks the seal.
    """
    pages = [number for number, page in enumerate(document.pages) if SEAL_ANCHOR in page.anchors]
    if not pages:
        return
    number = pages[-1]
    page, page_reference = document.pages[number], pdf.page_references[number]
    left, top, right, bottom = page.anchors[SEAL_ANCHOR]
    corners = (left, page.height - bottom, right, page.height - top)
    box = pydyf.Array([round(corner * POINTS_PER_PIXEL, 2) for corner in corners])
    root = by_reference[pdf.catalog["StructTreeRoot"]]
    numbers = by_reference[root["ParentTree"]]["Nums"]
    key = max(numbers[0::2], default=-1) + 1
    label = "Seal of the organization over this record"

    look = pydyf.Stream(
        [], pydyf.Dictionary({"Type": "/XObject", "Subtype": "/Form", "Resources": pydyf.Dictionary()})
    )
    look.extra["BBox"] = pydyf.Array([0, 0, round(box[2] - box[0], 2), round(box[3] - box[1], 2)])
    pdf.add_object(look)
    widget = pydyf.Dictionary(
        {"Type": "/Annot", "Subtype": "/Widget", "FT": "/Sig", "F": 132, "StructParent": key}
    )
    widget.update(
        {"T": pydyf.String(SEAL_FIELD), "TU": pydyf.String(label), "Rect": box, "P": page_reference}
    )
    widget["AP"] = pydyf.Dictionary({"N": look.reference})
    pdf.add_object(widget)
    inside = pydyf.Dictionary({"Type": "/OBJR", "Obj": widget.reference, "Pg": page_reference})
    form = pydyf.Dictionary({"Type": "/StructElem", "S": "/Form", "P": root["K"][0], "Pg": page_reference})
    form.update({"K": pydyf.Array([inside]), "Alt": pydyf.String(label)})
    pdf.add_object(form)
    by_reference[root["K"][0]]["K"].append(form.reference)
    numbers.extend([key, form.reference])
    root["ParentTreeNextKey"] = key + 1
    by_reference[page_reference].setdefault("Annots", pydyf.Array()).append(widget.reference)
    pdf.catalog["AcroForm"] = pydyf.Dictionary({"Fields": pydyf.Array([widget.reference]), "SigFlags": 3})
