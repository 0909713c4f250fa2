"""The agency's sealing certificate: made here at first, kept among the secrets, replaceable by the agency's own.

SECRETS_DIR/seal holds leaf.key (private, 0600), leaf.pem (the certificate) and root.pem (who vouches for it).
Certificates that were replaced stay in seal/retired without their keys, so that older files still check out.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import NameOID
from django.conf import settings

from supervision.records.errors import DomainError

if TYPE_CHECKING:
    from pyhanko.sign.signers import SimpleSigner

ROOT_YEARS = 40
LEAF_YEARS = 30
LONGEST_NAME = 64  # bytes: X.520 allows no longer organization or common name

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class SealUnavailable(DomainError):
    """A record cannot be sealed now. The message says what to do; no unsealed file is ever given out instead."""

    status = 503


MISSING = (
    "There is no sealing certificate, so this record cannot be made into a PDF yet. An administrator can create one "
    'with "manage.py replace_certificate --new NAME", or bring the agency\'s own with --certificate and --key, or --p12.'
)


def directory() -> Path:
    return Path(settings.SECRETS_DIR) / "seal"


def ensure_certificate(organisation: str) -> str:
    """Make the agency's certificate unless there is one. Returns its fingerprint. Safe to call at every start."""
    _finish_interrupted_swap()
    if not directory().exists():
        _install(*_make(organisation), replacing=False)
    return certificate_id()


def replace_with_new(organisation: str) -> str:
    """Make a fresh certificate for the agency and seal with it from now on. Returns its fingerprint."""
    _install(*_make(organisation), replacing=True)
    return certificate_id()


def replace_with_pem(certificate: bytes, key: bytes, chain: bytes = b"", passphrase: str = "") -> str:
    """Seal with the agency's own certificate from now on, given as PEM. Returns its fingerprint.

    chain: certificates of those who vouch for it, in any order. Raises SealUnavailable, saying what does not fit.
    """
    try:
        leaf, *more = x509.load_pem_x509_certificates(certificate)
        private = load_pem_private_key(key, passphrase.encode() or None)
        issuers = more + (x509.load_pem_x509_certificates(chain) if chain.strip() else [])
    except (ValueError, TypeError) as problem:
        raise SealUnavailable(_UNREADABLE) from problem
    return _replace_with(private, leaf, issuers)


def replace_with_pkcs12(content: bytes, passphrase: str = "") -> str:
    """Seal with the agency's own certificate from now on, given as a PKCS#12 file. Returns its fingerprint."""
    try:
        private, leaf, issuers = pkcs12.load_key_and_certificates(content, passphrase.encode() or None)
    except ValueError as problem:
        raise SealUnavailable(_UNREADABLE) from problem
    if private is None or leaf is None:
        raise SealUnavailable(
            "The file holds no private key with its certificate. Export both into one file."
        )
    return _replace_with(private, leaf, issuers)


def certificate_id() -> str:
    """Fingerprint of the certificate in use: SHA-256 of its DER form, in hexadecimal. Raises SealUnavailable."""
    return fingerprint(_read("leaf.pem")[0])


def fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()


def root_pem() -> bytes:
    """What the agency publishes so that PDF readers trust its seal: the certificates of root.pem, as PEM."""
    return b"".join(one.public_bytes(Encoding.PEM) for one in _read("root.pem") or _read("leaf.pem"))


def load_signer() -> SimpleSigner:
    """What signs a file with the certificate in use.

    Raises SealUnavailable when it is missing, incomplete, not the key's own, or out of its time.
    """
    # Imported where a seal is made: it takes longer to load than the rest of the application together.
    from pyhanko.sign import signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    private = _as_asn1(_load_key())
    registry = SimpleCertificateStore.from_certs([_for_pyhanko(one) for one in _read("root.pem")])
    return signers.SimpleSigner(
        signing_cert=_for_pyhanko(_read("leaf.pem")[0]), signing_key=private, cert_registry=registry
    )


def _load_key() -> PrivateKey:
    try:
        key = load_pem_private_key((directory() / "leaf.key").read_bytes(), None)
    except FileNotFoundError:
        raise SealUnavailable(MISSING) from None
    except (ValueError, TypeError) as problem:
        raise SealUnavailable(_UNREADABLE) from problem
    return _check_fit(key, _read("leaf.pem")[0])


def trusted() -> list[asn1_x509.Certificate]:
    """The certificates whose seals are ours, present and past: what a validation takes as its roots."""
    found = list(_read("root.pem") or _read("leaf.pem"))
    for path in sorted((directory() / "retired").glob("*.pem")):
        retired = x509.load_pem_x509_certificates(path.read_bytes())
        found += retired[1:] or retired
    return [_for_pyhanko(one) for one in found]


# --- making ---------------------------------------------------------------------------------------------------


def _make(organisation: str) -> tuple[PrivateKey, x509.Certificate, list[x509.Certificate]]:
    """A root of the agency's own that vouches for one sealing certificate; the root's key is then forgotten."""
    root_key, leaf_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC).replace(microsecond=0)
    root_name = _name(organisation, "records root")
    root = _certificate(root_name, root_name, root_key, now, ROOT_YEARS, signs_certificates=True)
    root_signed = root.sign(root_key, hashes.SHA256())
    leaf = _certificate(_name(organisation, "records seal"), root_name, leaf_key, now, LEAF_YEARS)
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    return leaf_key, leaf.add_extension(issuer, critical=False).sign(root_key, hashes.SHA256()), [root_signed]


def _name(organisation: str, purpose: str) -> x509.Name:
    agency = " ".join(organisation.split()) or "Agency"
    common = f"{_shortened(agency, LONGEST_NAME - len(purpose) - 1)} {purpose}"
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _shortened(agency, LONGEST_NAME)),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _shortened(text: str, most: int) -> str:
    """At most so many bytes, cut between letters."""
    return text.encode()[:most].decode(errors="ignore").rstrip()


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    now: datetime,
    years: int,
    *,
    signs_certificates: bool = False,
) -> x509.CertificateBuilder:
    usage = x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365 * years))
        .add_extension(
            x509.BasicConstraints(signs_certificates, 0 if signs_certificates else None), critical=True
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(usage, critical=True)
    )


# --- keeping --------------------------------------------------------------------------------------------------

_UNREADABLE = (
    "The certificate or its key could not be read. Check the files, and the passphrase in SEAL_PASSPHRASE."
)


def _replace_with(private: object, leaf: x509.Certificate, issuers: Iterable[x509.Certificate]) -> str:
    _install(_check_fit(private, leaf), leaf, [one for one in issuers if one != leaf], replacing=True)
    return certificate_id()


def _check_fit(key: object, leaf: x509.Certificate) -> PrivateKey:
    """The key, if it may seal with this certificate today; SealUnavailable says what is wrong otherwise."""
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise SealUnavailable("The key must be an RSA or an elliptic curve key.")
    if key.key_size < (2048 if isinstance(key, rsa.RSAPrivateKey) else 256):
        raise SealUnavailable("The key is too short: RSA needs 2048 bits, an elliptic curve 256.")
    if key.public_key() != leaf.public_key():
        raise SealUnavailable(
            "The sealing key does not belong to its certificate. Bring both again together."
        )
    now = datetime.now(UTC)
    if not leaf.not_valid_before_utc <= now <= leaf.not_valid_after_utc:
        raise SealUnavailable(
            f"The sealing certificate is valid from {leaf.not_valid_before_utc:%Y-%m-%d} to "
            f'{leaf.not_valid_after_utc:%Y-%m-%d} only. Replace it with "manage.py replace_certificate".'
        )
    if not _may_sign(leaf):
        raise SealUnavailable(
            "The certificate is not made for signing: its key usage lacks digital signature."
        )
    return key


def _may_sign(leaf: x509.Certificate) -> bool:
    try:
        usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment


def _install(
    key: PrivateKey, leaf: x509.Certificate, issuers: list[x509.Certificate], *, replacing: bool
) -> None:
    """Write the three files beside the old ones and put them in place in one step."""
    home = directory()
    home.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _finish_interrupted_swap()
    fresh = Path(tempfile.mkdtemp(prefix=".seal-", dir=home.parent))
    pem = PrivateFormat.PKCS8
    _write(fresh / "leaf.key", key.private_bytes(Encoding.PEM, pem, NoEncryption()))
    _write(fresh / "leaf.pem", leaf.public_bytes(Encoding.PEM))
    _write(fresh / "root.pem", b"".join(one.public_bytes(Encoding.PEM) for one in issuers))
    if home.exists() and replacing:
        _retire(home, fresh / "retired")
        os.rename(home, _previous())
    try:
        os.rename(fresh, home)
    except OSError:  # another process was first: its certificate is the one
        shutil.rmtree(fresh)
    shutil.rmtree(_previous(), ignore_errors=True)


def _previous() -> Path:
    return directory().with_name("seal.previous")


def _finish_interrupted_swap() -> None:
    """A replacement that was cut off between its two renames leaves only the previous files: put them back."""
    if _previous().exists() and not directory().exists():
        os.rename(_previous(), directory())


def _retire(home: Path, retired: Path) -> None:
    """Carry over every certificate used so far, without keys."""
    retired.mkdir(mode=0o700)
    for path in (home / "retired").glob("*.pem"):
        _write(retired / path.name, path.read_bytes())
    if (home / "leaf.pem").exists():
        leaf = _read("leaf.pem")[0]
        _write(
            retired / f"{fingerprint(leaf)}.pem",
            (home / "leaf.pem").read_bytes() + (home / "root.pem").read_bytes(),
        )


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


def _read(name: str) -> list[x509.Certificate]:
    try:
        content = (directory() / name).read_bytes()
        return x509.load_pem_x509_certificates(content) if content.strip() or name == "leaf.pem" else []
    except FileNotFoundError:
        raise SealUnavailable(MISSING) from None
    except ValueError as problem:
        raise SealUnavailable(_UNREADABLE) from problem


def _as_asn1(key: PrivateKey) -> asn1_keys.PrivateKeyInfo:
    return asn1_keys.PrivateKeyInfo.load(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))


def _for_pyhanko(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def sign(text: bytes) -> bytes:
    """A detached signature over bytes with the agency's key (ECDSA or RSA with SHA-256), for anchors and archives."""
    key = _load_key()
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(text, ec.ECDSA(hashes.SHA256()))
    return key.sign(text, padding.PKCS1v15(), hashes.SHA256())


def public_key() -> bytes:
    """The key by which what the agency signs is checked, in DER (SubjectPublicKeyInfo). Raises SealUnavailable."""
    return _public(_read("leaf.pem")[0])


def _public(leaf: x509.Certificate) -> bytes:
    return leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _retired() -> list[x509.Certificate]:
    return [
        x509.load_pem_x509_certificates(path.read_bytes())[0]
        for path in sorted((directory() / "retired").glob("*.pem"))
    ]


def key_marks() -> list[str]:
    """The SHA-256 of the key in use and of those before it, by which people tell that a key is the agency's. None where there is none."""
    try:
        leaves = [_read("leaf.pem")[0], *_retired()]
    except SealUnavailable:
        return []
    return [hashlib.sha256(_public(leaf)).hexdigest() for leaf in leaves]


def check_signature(text: bytes, signature: bytes) -> None:
    """Raises InvalidSignature unless the agency made it, with its certificate in use or one before it."""
    leaves = [_read("leaf.pem")[0], *_retired()]
    if not any(_signed_by(leaf, text, signature) for leaf in leaves):
        raise InvalidSignature


def _signed_by(leaf: x509.Certificate, text: bytes, signature: bytes) -> bool:
    key = leaf.public_key()
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, text, ec.ECDSA(hashes.SHA256()))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, text, padding.PKCS1v15(), hashes.SHA256())
        else:
            return False
    except InvalidSignature:
        return False
    return True
