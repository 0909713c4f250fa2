"""Checks this archive with nothing but Python: python3 verify.py, or python3 verify.py MARK with the mark of the agency's key

Each file must have the mark (SHA-256) that digests.txt has for it, no file may be missing or added, each sealed record that the
data names must be there with the mark that the data gives, and digests.txt must be signed (digests.txt.sig) with the key in
seal-key.der. Whose key that is only the agency can tell: compare its mark, printed at the end, with the one on the agency's page
"Check a PDF". Somebody who altered this archive could have altered this program too: where much depends on it, take verify.py
from an archive that you trust, or use OpenSSL as README.txt says.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

# The curve P-256 (FIPS 186-5), by which most agencies sign; agencies with a certificate of their own may use RSA.
P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
A, B = P - 3, 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
P256_KEY = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
RSA_OID = bytes.fromhex("06092a864886f70d010101")
SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
UNSIGNED = ("digests.txt", "digests.txt.sig", "seal-key.der")
Point = tuple[int, int] | None


def mark_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


# The signature ------------------------------------------------------------------------------------------------


def added(one: Point, other: Point) -> Point:
    """The sum of two points of the curve."""
    if one is None or other is None:
        return other if one is None else one
    (x1, y1), (x2, y2) = one, other
    if x1 == x2:
        if (y1 + y2) % P == 0:
            return None
        slope = (3 * x1 * x1 + A) * pow(2 * y1, -1, P) % P
    else:
        slope = (y2 - y1) * pow(x2 - x1, -1, P) % P
    x3 = (slope * slope - x1 - x2) % P
    return x3, (slope * (x1 - x3) - y1) % P


def times(number: int, point: Point) -> Point:
    found: Point = None
    while number:
        if number & 1:
            found = added(found, point)
        point = added(point, point)
        number >>= 1
    return found


def der(data: bytes) -> tuple[int, bytes, bytes]:
    """The first value of some DER: its kind, what is in it, and what comes after."""
    kind, length, start = data[0], data[1], 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(data[2:start], "big")
    return kind, data[start : start + length], data[start + length :]


def integers(sequence: bytes) -> list[int]:
    """The numbers in a DER sequence."""
    _kind, rest, _after = der(sequence)
    found = []
    while rest:
        _kind, value, rest = der(rest)
        found.append(int.from_bytes(value, "big"))
    return found


def signed_by_curve(key: bytes, signature: bytes, digest: bytes) -> bool:
    point = (int.from_bytes(key[-64:-32], "big"), int.from_bytes(key[-32:], "big"))
    if (point[1] ** 2 - point[0] ** 3 - A * point[0] - B) % P:
        return False
    r, s = integers(signature)
    if not (0 < r < N and 0 < s < N):
        return False
    inverse = pow(s, -1, N)
    found = added(times(int.from_bytes(digest, "big") * inverse % N, G), times(r * inverse % N, point))
    return found is not None and found[0] % N == r


def signed_by_rsa(key: bytes, signature: bytes, digest: bytes) -> bool:
    _kind, inside, _after = der(key)
    _kind, _algorithm, rest = der(inside)
    _kind, bits, _after = der(rest)
    n, e = integers(bits[1:])
    size = (n.bit_length() + 7) // 8
    wanted = b"\x00\x01" + b"\xff" * (size - len(SHA256_INFO) - 35) + b"\x00" + SHA256_INFO + digest
    return pow(int.from_bytes(signature, "big"), e, n) == int.from_bytes(wanted, "big")


def is_known(key: bytes) -> bool:
    """Whether this program can check by such a key: of the curve P-256, or RSA."""
    return RSA_OID in key or (key.startswith(P256_KEY) and len(key) == len(P256_KEY) + 64)


def is_signed(folder: Path) -> bool:
    key, signature = (folder / "seal-key.der").read_bytes(), (folder / "digests.txt.sig").read_bytes()
    digest = hashlib.sha256((folder / "digests.txt").read_bytes()).digest()
    try:
        if key.startswith(P256_KEY):
            return signed_by_curve(key, signature, digest)
        return signed_by_rsa(key, signature, digest)
    except (IndexError, ValueError):  # not built as a signature or a key is
        return False


# The files ----------------------------------------------------------------------------------------------------


def records_in(data: object) -> Iterator[tuple[str, str]]:
    """Every {"file": ..., "sha256": ...} in the data, however deep."""
    if isinstance(data, dict):
        if "file" in data and "sha256" in data:
            yield data["file"], data["sha256"]
        for value in data.values():
            yield from records_in(value)
    elif isinstance(data, list):
        for value in data:
            yield from records_in(value)


def problems(folder: Path) -> Iterator[str]:
    listed = {}
    for line in (folder / "digests.txt").read_text(encoding="utf-8").splitlines():
        mark, name = line.split("  ", 1)
        listed[name] = mark
    there = set()
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder).as_posix())
        if path.is_symlink():
            yield name + " is a link to somewhere else"
        elif path.is_file():
            there.add(name)
    for name, mark in listed.items():
        if name not in there:
            yield name + " is missing"
        elif mark_of(folder / name) != mark:
            yield name + " was changed"
    for name in sorted(there - set(listed) - set(UNSIGNED)):
        yield name + " was added"
    for name in UNSIGNED:
        if name not in there:
            yield name + " is missing"
    if set(UNSIGNED) <= there and not is_known((folder / "seal-key.der").read_bytes()):
        yield "seal-key.der is of a kind that this program does not know: check with OpenSSL, as README.txt says"
    elif set(UNSIGNED) <= there and not is_signed(folder):
        yield "digests.txt was not signed with the key in seal-key.der"
    for name in ("portfolio.json", "everything.json"):
        if name in there:
            for record, mark in records_in(json.loads((folder / name).read_text(encoding="utf-8"))):
                if listed.get(record) != mark:
                    yield record + " is not the record that " + name + " names"


def main() -> int:
    folder = Path(__file__).resolve().parent
    found = list(problems(folder))
    key = folder / "seal-key.der"
    if len(sys.argv) > 1 and key.is_file() and sys.argv[1].lower() != mark_of(key):
        found.append("it was signed with another key than the one with the mark " + sys.argv[1])
    for line in found:
        print(line)
    print("Something is wrong." if found else "Every file is as it was made and signed.")
    if not found:
        print("Signed with the key whose mark is " + mark_of(key))
        print("It is the agency's if its page “Check a PDF” shows the same mark.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.exit(main())
