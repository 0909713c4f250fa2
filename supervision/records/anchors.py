"""Anchors: where the chain stood, signed with the agency's certificate and kept somewhere else (decision 6).

Without them a cut-off tail or a full wipe cannot be seen: what is left still hangs together.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from django.utils import timezone

from . import audit, certificate
from .models import AuditEvent, ChainHead
from .problem import Problem


def write(folder: Path) -> Path:
    """Write one anchor file into `folder` and return its path."""
    head = ChainHead.objects.filter(pk=audit.CHAIN).first()
    body = {
        "at": timezone.now().isoformat(),
        "chain": audit.CHAIN,
        "seq": head.seq if head else 0,
        "mac": head.mac if head else audit.GENESIS,
    }
    text = json.dumps(body, sort_keys=True)
    signature = base64.b64encode(certificate.sign(text.encode())).decode()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"anchor-{timezone.now():%Y%m%dT%H%M%S%fZ}.json"
    path.write_text(
        json.dumps({"anchor": text, "signature": signature, "certificate": certificate.certificate_id()})
    )
    return path


def compare(folder: Path) -> list[Problem]:
    """Every anchor in `folder` must lie on the chain as it is now."""
    found = []
    files = sorted(folder.glob("anchor-*.json"))
    if not files:
        found.append(Problem(f"anchors in {folder.name}", "there are none to compare with"))
    for file in files:
        wrong = _wrong_with(file)
        if wrong:
            found.append(Problem(f"anchor {file.name}", wrong))
    return found


def _wrong_with(file: Path) -> str:
    try:
        held: dict[str, Any] = json.loads(file.read_text())
        body = json.loads(held["anchor"])
        certificate.check_signature(held["anchor"].encode(), base64.b64decode(held["signature"]))
    except (ValueError, KeyError, InvalidSignature):
        return "was not signed by this agency, or was altered"
    if body["seq"] == 0:
        return ""
    link = AuditEvent.objects.filter(seq=body["seq"]).first()
    if link is None:
        return f"the chain once had {body['seq']} links and now ends before that"
    return "" if link.mac == body["mac"] else "the chain was written anew since then"
