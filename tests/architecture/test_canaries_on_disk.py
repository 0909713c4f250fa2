"""Nothing that lies on the disk holds a word that somebody said: database, log of writes, mails, backups, whatever the process wrote."""

from __future__ import annotations

import base64
import io
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.urls import reverse

from supervision.jobs.worker import Worker
from supervision.notices import mail
from supervision.notices.kinds import Kind
from supervision.notices.models import ReminderChoices
from supervision.people import notifications
from supervision.people import operations as people
from supervision.records import certificate
from tests.architecture import matrix, world
from tests.architecture.kinds import World
from tests.cast import make_cast

CANARY, PLAIN = b"canary-", b"Marisol Vega"


def _disguises(word: bytes) -> set[bytes]:
    """A word as it stands in files that are not text: in other encodings, and within base64 wherever it begins."""
    found = {word, word.decode().encode("utf-16-le"), word.hex().encode(), word.hex().upper().encode()}
    for before in range(3):
        packed = base64.b64encode(b"-" * before + word)
        found.add(packed[4 if before else 0 : -4])
    return found


@pytest.mark.parametrize("before", range(3))
def test_a_word_is_found_in_every_disguise(before: int) -> None:
    data = base64.b64encode(b"-" * before + b"canary-note-own-7f3a")
    assert any(word in data for word in _disguises(CANARY))


def _every_kind_of_mail(built: World) -> None:
    """What the world itself gives no occasion for: each notice that there is, and the mails about an account."""
    worker, outsider, administrator = (built.people[name] for name in ("worker", "outsider", "administrator"))
    assert worker
    assert outsider
    assert administrator
    with transaction.atomic():
        ReminderChoices(person=worker, how=dict.fromkeys(Kind.values, "at_once")).save(force_insert=True)
        for kind in mail.SUBJECTS:
            mail.tell(worker, kind, path="/")
        for kind in notifications.ABOUT_ACCOUNT:
            notifications.account_changed(worker, kind)
    people.send_reset(worker, by=administrator)
    people.ask_address_change(outsider, by=administrator, new_email="other@example.org")
    people.deactivate(outsider, by=administrator)
    people.reactivate(outsider, by=administrator)


@pytest.fixture
def folder(transactional_db: None, settings: Any, tmp_path: Path) -> Path:
    """A world that is really written, its jobs done and its mails in files; a backup of it."""
    settings.SECRETS_DIR = tmp_path.parent / "secrets"  # keys lie elsewhere
    certificate.ensure_certificate("Riverbend Peer Alliance")
    settings.EMAIL_BACKEND = "supervision.records.mail.OwnerOnlyFileBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    built = world.build(make_cast())
    _every_kind_of_mail(built)
    Worker(name="test").run_until_empty()
    for name in ("worker", "supervisor", "manager"):  # sessions of browsers, the cache, what somebody types
        client = matrix.clients(built)[name]
        client.post(reverse("notes:find"), {"words": "canary-looked-for", "kind": ""})
        client.post(reverse("agreements:list"), {"text": "canary-posted"})
    call_command("backup", to=tmp_path / "backups", stdout=io.StringIO())
    return tmp_path


def test_nothing_on_the_disk_holds_a_word(folder: Path, settings: Any) -> None:
    places = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    for name in ("DATA_DIR", "MAIL_DIR"):
        root = Path(getattr(settings, name))
        places |= {path: path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}
    if connection.vendor == "sqlite":
        database = Path(connection.settings_dict["NAME"])
        places |= {path: path.read_bytes() for path in database.parent.glob(f"{database.name}*")}
    else:  # a dump is packed; this is what it restores
        (dump,) = (folder / "backups").iterdir()
        unpacked = subprocess.run(["pg_restore", "--file=-", str(dump)], capture_output=True, check=True)
        places[dump.with_suffix(".sql")] = unpacked.stdout
    words = _disguises(CANARY)
    assert [str(path) for path, data in places.items() if any(word in data for word in words)] == []
    assert sum(PLAIN in data for data in places.values()) >= 1, "names are plain: this would have found words"
    sent = [path.read_text() for path in (folder / "mail").iterdir()]
    assert len(sent) > len(mail.SUBJECTS) + len(notifications.ABOUT_ACCOUNT)
