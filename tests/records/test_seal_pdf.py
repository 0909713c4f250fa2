"""The seal: made by our certificate only, and broken by every later change."""

from __future__ import annotations

import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.core.management import CommandError, call_command
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from supervision.records import certificate, pdf, seal_pdf
from supervision.records.certificate import SealUnavailable
from supervision.records.pdf_parts import RenderFailed
from tests.records.pdf_samples import CONTENT, about, complaints, record

Sealing = Callable[[bytes], seal_pdf.SealedPdf]
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file .*sRGB2014:ResourceWarning")
AGENCY = {"reason": "Sealed", "name": "Riverbend", "location": "Riverbend"}


@pytest.fixture(scope="module")
def unsealed() -> bytes:
    return pdf.render(record(), **about())


# The seal -----------------------------------------------------------------------------------------------------


def test_a_sealed_file_is_intact_ours_and_covered_whole(sealing: Sealing, unsealed: bytes) -> None:
    sealed = sealing(unsealed)
    found = seal_pdf.validate_pdf(sealed)
    assert found.bottom_line
    assert (found.intact, found.valid, found.trusted, found.coverage) == (True, True, True, True)
    assert found.problem == ""
    assert (sealed.level, sealed.note) == ("B-B", "")


def test_sealing_only_adds_and_keeps_to_both_standards(sealing: Sealing, unsealed: bytes) -> None:
    sealed = sealing(unsealed)
    assert sealed.startswith(unsealed)
    assert len(sealed) - len(unsealed) < 16_000
    assert complaints(sealed) == []


def test_sealing_leaves_title_dates_and_claims_byte_for_byte(sealing: Sealing, unsealed: bytes) -> None:
    def said(data: bytes) -> list[Any]:
        with pikepdf.open(BytesIO(data)) as document:
            return [document.Root.Metadata.read_raw_bytes(), *map(str, document.docinfo.values())]

    assert said(sealing(unsealed)) == said(unsealed)
    assert b'pdfuaid:part="1"' in said(unsealed)[0]


def test_the_seal_says_why_and_allows_no_change(sealing: Sealing, unsealed: bytes) -> None:
    with pikepdf.open(BytesIO(sealing(unsealed))) as document:
        field = document.Root.AcroForm.Fields[0]
        assert str(field.T) == "Seal"
        assert str(field.V.Reason) == "Session record, signed and sealed"
        assert str(field.V.SubFilter) == "/ETSI.CAdES.detached"
        assert document.Root.Perms.DocMDP.Reference[0].TransformParams.P == 1


def test_no_seal_without_a_certificate_and_the_words_say_what_to_do(secrets: Path, unsealed: bytes) -> None:
    with pytest.raises(SealUnavailable, match="replace_certificate"):
        seal_pdf.seal_pdf(unsealed, **AGENCY)
    with pytest.raises(SealUnavailable, match="replace_certificate"):
        seal_pdf.validate_pdf(unsealed)


def test_no_second_seal_and_none_without_its_place(sealing: Sealing, unsealed: bytes) -> None:
    with pytest.raises(SealUnavailable, match="already"):
        sealing(sealing(unsealed))
    with pytest.raises(SealUnavailable, match="no place"):
        sealing(pdf.render("<p>A page.</p>", **about()))


# Tampering ----------------------------------------------------------------------------------------------------


def flipped_byte(sealed: bytes) -> bytes:
    at = sealed.index(b"stream") + 60
    return sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]


def updated(sealed: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(sealed))
    change(writer)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def appended_update(sealed: bytes) -> bytes:
    def change(writer: IncrementalPdfFileWriter) -> None:
        writer.root["/Note"] = generic.TextStringObject("added later")
        writer.update_root()

    return updated(sealed, change)


def replaced_data(sealed: bytes) -> bytes:
    def change(writer: IncrementalPdfFileWriter) -> None:
        file = writer.root["/Names"]["/EmbeddedFiles"]["/Names"][1].get_object()["/EF"].raw_get("/F")
        about_file = {generic.pdf_name("/Type"): generic.pdf_name("/EmbeddedFile")}
        forged = generic.StreamObject(dict_data=about_file, stream_data=b'{"forged": true}')
        writer.objects[(file.generation, file.idnum)] = forged

    return updated(sealed, change)


def appended_bytes(sealed: bytes) -> bytes:
    return sealed + b"\n% a word more"


def shortened(sealed: bytes) -> bytes:
    return sealed[:-40]


@pytest.mark.parametrize("tamper", [flipped_byte, appended_update, replaced_data, appended_bytes, shortened])
def test_every_later_change_is_noticed(
    tamper: Callable[[bytes], bytes], sealing: Sealing, unsealed: bytes
) -> None:
    sealed = sealing(unsealed)
    found = seal_pdf.validate_pdf(tamper(sealed))
    assert not found.bottom_line
    assert found.problem


def test_any_single_byte_changed_is_noticed(sealing: Sealing, unsealed: bytes) -> None:
    sealed = sealing(unsealed)
    unnoticed = []
    for at in range(17, len(sealed), len(sealed) // 60):
        changed = sealed[:at] + bytes([sealed[at] ^ 0x20]) + sealed[at + 1 :]
        if seal_pdf.validate_pdf(changed).bottom_line:
            unnoticed.append(at)
    # The spare room behind the signature is not part of what is sealed: zeros in hexadecimal that mean nothing.
    start = sealed.index(b"/Contents <", len(unsealed))
    assert [at for at in unnoticed if not start < at < start + seal_pdf.RESERVED + 20] == []


def test_an_unsealed_or_foreign_file_is_not_genuine(sealing: Sealing, unsealed: bytes) -> None:
    sealing(unsealed)
    for data in (unsealed, b"", b"hello", b"%PDF-1.7\n%%EOF", b"%PDF-1.7\n" + b"<<" * 5000):
        found = seal_pdf.validate_pdf(data)
        assert not found.bottom_line
        assert found.problem


def test_the_seal_of_another_agency_is_not_ours(
    sealing: Sealing, unsealed: bytes, settings: Any, tmp_path: Path
) -> None:
    sealed = sealing(unsealed)
    settings.SECRETS_DIR = tmp_path / "elsewhere"
    certificate.ensure_certificate("Riverbend Peer Alliance")
    found = seal_pdf.validate_pdf(sealed)
    assert (found.intact, found.valid, found.trusted) == (True, True, False)
    assert not found.bottom_line
    assert found.problem == "The seal is not from this agency."


# Time stamps --------------------------------------------------------------------------------------------------


def test_a_service_that_does_not_answer_leaves_a_seal_and_a_note(
    sealing: Sealing, unsealed: bytes, settings: Any
) -> None:
    settings.SEAL_TSA_URL = "http://127.0.0.1:9/"
    sealed = sealing(unsealed)
    assert sealed.level == "B-B"
    assert "time stamp service did not answer" in sealed.note
    assert seal_pdf.validate_pdf(sealed).bottom_line


def test_a_time_stamp_is_kept_in_the_seal(
    sealing: Sealing, unsealed: bytes, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SEAL_TSA_URL = "https://stamps.example/"
    monkeypatch.setattr(seal_pdf, "HTTPTimeStamper", lambda address, timeout: time_stamper())
    sealed = sealing(unsealed)
    found = seal_pdf.validate_pdf(sealed)
    assert (sealed.level, sealed.note) == ("B-T", "")
    assert found.bottom_line
    assert found.stamped_at is not None
    assert abs(found.stamped_at - datetime.now(UTC)) < timedelta(minutes=5)
    assert complaints(sealed) == []
    assert not seal_pdf.validate_pdf(flipped_byte(sealed)).bottom_line


def time_stamper() -> DummyTimeStamper:
    key = rsa.generate_private_key(65537, 2048)
    made = certificate_for(key, "Time stamps", usage=ExtendedKeyUsageOID.TIME_STAMPING)
    loaded = asn1_x509.Certificate.load(made.public_bytes(serialization.Encoding.DER))
    encoded = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return DummyTimeStamper(
        tsa_cert=loaded,
        tsa_key=asn1_keys.PrivateKeyInfo.load(encoded),
        certs_to_embed=SimpleCertificateStore.from_certs([loaded]),
    )


# The certificate ----------------------------------------------------------------------------------------------


def certificate_for(
    key: Any,
    name: str,
    *,
    issuer: tuple[Any, str] | None = None,
    days: int = 400,
    signs: bool = True,
    usage: Any = None,
) -> x509.Certificate:
    now = datetime.now(UTC)
    said = [
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one)])
        for one in (name, issuer[1] if issuer else name)
    ]
    uses = [
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
    ]
    uses += ["key_cert_sign", "crl_sign", "encipher_only", "decipher_only"]
    allowed = dict.fromkeys(uses, False)
    allowed["digital_signature" if signs else "key_encipherment"] = True
    builder = (
        x509.CertificateBuilder()
        .subject_name(said[0])
        .issuer_name(said[1])
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=500))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.KeyUsage(**allowed), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if usage:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
    signing = issuer[0] if issuer else key
    return builder.sign(signing, None if isinstance(signing, ed25519.Ed25519PrivateKey) else hashes.SHA256())


def pem(key: Any, passphrase: str = "") -> bytes:
    locked = (
        serialization.BestAvailableEncryption(passphrase.encode())
        if passphrase
        else serialization.NoEncryption()
    )
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)


def as_pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in certificates)


def test_the_certificate_is_made_once_for_the_agency_and_for_decades(secrets: Path) -> None:
    made = certificate.ensure_certificate("Riverbend Peer Alliance")
    assert certificate.ensure_certificate("Another name") == made == certificate.certificate_id()
    leaf = x509.load_pem_x509_certificate((secrets / "seal" / "leaf.pem").read_bytes())
    root = x509.load_pem_x509_certificate((secrets / "seal" / "root.pem").read_bytes())
    assert leaf.fingerprint(hashes.SHA256()).hex() == made
    assert [name.value for name in leaf.subject] == [
        "Riverbend Peer Alliance",
        "Riverbend Peer Alliance records seal",
    ]
    assert leaf.not_valid_after_utc > datetime.now(UTC) + timedelta(days=25 * 365)
    leaf.verify_directly_issued_by(root)
    assert certificate.root_pem() == (secrets / "seal" / "root.pem").read_bytes()


def test_nobody_else_on_the_machine_can_read_the_key(secrets: Path) -> None:
    certificate.ensure_certificate("Riverbend")
    paths = [secrets / "seal", *(secrets / "seal").iterdir()]
    assert {path.name for path in paths} == {"seal", "leaf.key", "leaf.pem", "root.pem"}
    assert all(stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 for path in paths)


@pytest.mark.parametrize("name", ["A" * 300, "  ", "Ελπίδα & Συντροφιά " * 5, "王小明"])
def test_any_name_of_an_agency_makes_a_certificate_that_seals(
    name: str, secrets: Path, unsealed: bytes
) -> None:
    certificate.ensure_certificate(name)
    assert seal_pdf.validate_pdf(seal_pdf.seal_pdf(unsealed, **AGENCY)).bottom_line


def test_files_sealed_before_a_replacement_stay_genuine(
    sealing: Sealing, unsealed: bytes, secrets: Path
) -> None:
    first = sealing(unsealed)
    before = certificate.certificate_id()
    for _ in range(2):
        call_command("replace_certificate", new="Riverbend Peer Alliance", stdout=StringIO())
    assert certificate.certificate_id() != before
    assert seal_pdf.validate_pdf(first).bottom_line
    assert seal_pdf.validate_pdf(sealing(unsealed)).bottom_line
    keys = [path for path in secrets.rglob("*") if path.is_file() and b"PRIVATE KEY" in path.read_bytes()]
    assert keys == [secrets / "seal" / "leaf.key"]


def test_the_agencys_own_certificate_seals_from_pem_with_its_chain(
    secrets: Path, unsealed: bytes, tmp_path: Path
) -> None:
    root_key, key = ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 3072)
    own = certificate_for(key, "Seal of Riverbend", issuer=(root_key, "Trust of Riverbend"))
    for name, content in (
        ("leaf.pem", as_pem(own)),
        ("leaf.key", pem(key)),
        ("chain.pem", as_pem(certificate_for(root_key, "Trust of Riverbend"))),
    ):
        (tmp_path / name).write_bytes(content)
    out = StringIO()
    call_command(
        "replace_certificate",
        certificate=tmp_path / "leaf.pem",
        key=tmp_path / "leaf.key",
        chain=tmp_path / "chain.pem",
        stdout=out,
    )
    assert own.fingerprint(hashes.SHA256()).hex() in out.getvalue()
    found = seal_pdf.validate_pdf(seal_pdf.seal_pdf(unsealed, **AGENCY))
    assert found.bottom_line, found


def test_the_agencys_own_certificate_seals_from_pkcs12_with_the_passphrase_of_the_environment(
    secrets: Path, unsealed: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = ec.generate_private_key(ec.SECP384R1())
    own = certificate_for(key, "Seal of Riverbend")
    locked = serialization.BestAvailableEncryption(b"open sesame")
    file = tmp_path / "seal.p12"
    file.write_bytes(pkcs12.serialize_key_and_certificates(b"seal", key, own, None, locked))
    monkeypatch.setenv("SEAL_PASSPHRASE", "wrong")
    with pytest.raises(CommandError, match="SEAL_PASSPHRASE"):
        call_command("replace_certificate", p12=file)
    monkeypatch.setenv("SEAL_PASSPHRASE", "open sesame")
    call_command("replace_certificate", p12=file, stdout=StringIO())
    assert certificate.certificate_id() == own.fingerprint(hashes.SHA256()).hex()
    assert seal_pdf.validate_pdf(seal_pdf.seal_pdf(unsealed, **AGENCY)).bottom_line


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (
            lambda k: (certificate_for(k, "x"), pem(ec.generate_private_key(ec.SECP256R1()))),
            "does not belong",
        ),
        (lambda k: (certificate_for(k, "x", days=-3), pem(k)), "is valid from"),
        (lambda k: (certificate_for(k, "x", signs=False), pem(k)), "not made for signing"),
        (lambda k: (certificate_for(k, "x"), b"nonsense"), "could not be read"),
        (lambda k: (certificate_for(k, "x"), pem(k, "locked")), "could not be read"),
    ],
)
def test_a_certificate_that_does_not_fit_is_refused_and_the_old_one_stays(
    make: Callable[[Any], tuple[x509.Certificate, bytes]], said: str, secrets: Path
) -> None:
    before = certificate.ensure_certificate("Riverbend")
    own, key = make(ec.generate_private_key(ec.SECP256R1()))
    with pytest.raises(SealUnavailable, match=said):
        certificate.replace_with_pem(as_pem(own), key)
    assert certificate.certificate_id() == before


def test_keys_too_short_or_of_another_kind_are_refused(secrets: Path) -> None:
    for key, said in (
        (rsa.generate_private_key(65537, 1024), "too short"),
        (ed25519.Ed25519PrivateKey.generate(), "RSA or an elliptic curve"),
    ):
        with pytest.raises(SealUnavailable, match=said):
            certificate.replace_with_pem(as_pem(certificate_for(key, "x")), pem(key))
    assert not (secrets / "seal").exists()


def test_a_replacement_that_was_cut_off_is_undone_at_the_next_start(secrets: Path) -> None:
    before = certificate.ensure_certificate("Riverbend")
    (secrets / "seal").rename(secrets / "seal.previous")
    assert certificate.ensure_certificate("Riverbend") == before


def test_the_command_says_which_file_it_cannot_read_and_what_is_missing(
    secrets: Path, tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match=r"nowhere\.p12"):
        call_command("replace_certificate", p12=tmp_path / "nowhere.p12")
    with pytest.raises(CommandError, match="--key"):
        call_command("replace_certificate", certificate=tmp_path / "leaf.pem")
    with pytest.raises(CommandError, match="one of the arguments"):
        call_command("replace_certificate")


def test_the_data_inside_survives_the_seal(sealing: Sealing, unsealed: bytes) -> None:
    with pikepdf.open(BytesIO(sealing(unsealed))) as document:
        assert document.attachments["record.json"].get_file().read_bytes() == CONTENT


def test_what_cannot_be_printed_is_never_sealed(sealing: Sealing) -> None:
    with pytest.raises(RenderFailed):
        sealing(pdf.render(record(facts=[("Name", "𓀀")]), **about()))
