"""The agency's electronic seal on a finished PDF (PAdES B-B, or B-T where a time stamp service is set), and its check."""

import io
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from pyhanko.pdf_utils import content, layout
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.timestamps import HTTPTimeStamper, TimeStamper
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import ValidationContext

from supervision.records import certificate
from supervision.records.certificate import SealUnavailable
from supervision.records.pdf_parts import SEAL_FIELD

TIME_STAMP_SECONDS = 10
# Hexadecimal digits kept free for the signature. Enough for our own certificate; more is found out when needed.
RESERVED = 8192
RESERVED_WITH_TIME_STAMP = 24576


class SealedPdf(bytes):
    """The bytes of a sealed file. level is "B-B" or "B-T"; note says in plain words why a time stamp is lacking."""

    level: str = "B-B"
    note: str = ""


@dataclass(frozen=True)
class Validation:
    """What the seal of a file says. bottom_line is true only where every one of the others holds.

    intact: the sealed bytes are as they were. valid: the signature is that of the certificate inside. trusted: that
    certificate is this agency's, present or past. coverage: the seal covers the whole file, and nothing was added
    after it. stamped_at: the time stamp service's word for the time, where there is one. problem: in plain words.
    """

    intact: bool = False
    valid: bool = False
    trusted: bool = False
    coverage: bool = False
    bottom_line: bool = False
    stamped_at: datetime | None = None
    problem: str = ""


class _Writer(IncrementalPdfFileWriter):
    """Leaves title, dates and XMP as they are: the claims to PDF/A and PDF/UA in there must survive."""

    def _update_meta(self) -> None:
        pass


class _Nothing(content.PdfContent):
    """The seal is not a picture: how to check it is printed there already."""

    def __init__(self) -> None:
        super().__init__(box=layout.BoxConstraints(width=10, height=10))

    def render(self) -> bytes:
        return b""


def seal_pdf(pdf: bytes, *, reason: str, name: str, location: str) -> SealedPdf:
    """The file with the agency's seal in its empty Seal field; no later change is allowed.

    Where settings.SEAL_TSA_URL is set the seal carries a time stamp (B-T); if the service does not answer, the
    seal is made without (B-B) and the note of the result says so. Raises SealUnavailable rather than ever giving
    back an unsealed file: no certificate, no Seal field, or a file that is sealed already.
    """
    signer = certificate.load_signer()
    _require_empty_field(pdf)
    about = PdfSignatureMetadata(
        field_name=SEAL_FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        reason=reason,
        name=name,
        location=location,
    )
    address = getattr(settings, "SEAL_TSA_URL", "")
    if address:
        try:
            sealed = SealedPdf(
                _signed(pdf, signer, about, HTTPTimeStamper(address, timeout=TIME_STAMP_SECONDS))
            )
        except (
            Exception
        ):  # a service on the network can fail in any way: the seal itself does not depend on it
            sealed = SealedPdf(_signed(pdf, signer, about))
            sealed.note = (
                "The time stamp service did not answer, so the seal carries the time of this server only."
            )
        else:
            sealed.level = "B-T"
        return sealed
    return SealedPdf(_signed(pdf, signer, about))


def _require_empty_field(pdf: bytes) -> None:
    fields = {name: value for name, value, _ in enumerate_sig_fields(PdfFileReader(io.BytesIO(pdf)))}
    if SEAL_FIELD not in fields:
        raise SealUnavailable("This PDF has no place for the seal, so it was not sealed.")
    if any(value is not None for value in fields.values()):
        raise SealUnavailable("This PDF is sealed already.")


def _signed(
    pdf: bytes, signer: SimpleSigner, about: PdfSignatureMetadata, stamper: TimeStamper | None = None
) -> bytes:
    out = io.BytesIO()
    style = StaticStampStyle(border_width=0, background=_Nothing())
    PdfSigner(about, signer=signer, timestamper=stamper, stamp_style=style).sign_pdf(
        _Writer(io.BytesIO(pdf), strict=True),
        existing_fields_only=True,
        bytes_reserved=_reserved(signer, stamper is not None),
        output=out,
    )
    return out.getvalue()


def _reserved(signer: SimpleSigner, stamped: bool) -> int:
    """Room for the signature; an agency's own certificate may bring a long chain and a large key."""
    certificates = [signer.signing_cert, *signer.cert_registry] if signer.signing_cert else []
    needed = 2 * (3072 + sum(len(one.dump()) for one in certificates))
    return max(RESERVED, needed) + (RESERVED_WITH_TIME_STAMP - RESERVED if stamped else 0)


def validate_pdf(pdf: bytes) -> Validation:
    """What the agency's seal says about these bytes. Never raises for a broken or foreign file; fetches nothing.

    Raises SealUnavailable where this installation has no certificate to compare with.
    """
    context = ValidationContext(
        trust_roots=certificate.trusted(),
        allow_fetching=False,
        revocation_mode="soft-fail",
        weak_hash_algos={"md5", "sha1"},
    )
    usage = KeyUsageConstraints(
        key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False
    )
    try:
        signatures = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
        if len(signatures) != 1 or signatures[0].field_name != SEAL_FIELD:
            return Validation(problem="This file does not carry exactly one seal of ours.")
        status = validate_pdf_signature(signatures[0], context, key_usage_settings=usage)
    except Exception:  # the file is not ours to trust: whatever the parser trips over means "not genuine"
        return Validation(problem="This file cannot be read as a sealed PDF.")
    return _summary(status)


def _summary(status: PdfSignatureStatus) -> Validation:
    whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE and bool(status.docmdp_ok)
    stamp = status.timestamp_validity
    stamped = stamp is None or bool(stamp.valid and stamp.intact)
    intact, valid, trusted = bool(status.intact), bool(status.valid), bool(status.trusted)
    good = intact and valid and trusted and whole and stamped
    return Validation(
        intact,
        valid,
        trusted,
        whole,
        good,
        stamp.timestamp if stamp else None,
        _problem(status, whole, stamped),
    )


def _problem(status: PdfSignatureStatus, whole: bool, stamped: bool) -> str:
    if not status.intact or not status.valid:
        return "The file was changed after it was sealed."
    if not whole:
        return "Something was added to the file after it was sealed."
    if not status.trusted:
        return "The seal is not from this agency."
    return "" if stamped else "The time stamp of the seal does not hold."
