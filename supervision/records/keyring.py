"""The secrets of one installation, kept in one file that only its owner can read.

Three kinds of keys, each with an id so that it can be replaced: master keys wrap the data key of every
record, chain keys authenticate the audit chain, and Django's own secret signs cookies. They live outside
the database and outside the data directory: a stolen database or backup tells who met when, never what
was said. Losing this file loses the words.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

KEY_BYTES = 32


class MissingSecrets(Exception):
    """There is no keyring where the settings point, and none may be made silently."""


@dataclass(frozen=True)
class Keyring:
    """What is in the file. Keys are 32 random bytes, by id."""

    secret_key: str
    master: dict[str, bytes]
    current_master: str
    chain: dict[str, bytes]
    current_chain: str

    def to_json(self) -> str:
        """The file's text."""
        pack = {name: base64.b64encode(key).decode() for name, key in self.master.items()}
        chain = {name: base64.b64encode(key).decode() for name, key in self.chain.items()}
        return json.dumps(
            {
                "secret_key": self.secret_key,
                "master": pack,
                "current_master": self.current_master,
                "chain": chain,
                "current_chain": self.current_chain,
            },
            indent=2,
        )

    @classmethod
    def from_json(cls, text: str) -> Keyring:
        """Read the file's text. Raises MissingSecrets when it is not a keyring."""
        try:
            data = json.loads(text)
            return cls(
                secret_key=data["secret_key"],
                master={name: base64.b64decode(key) for name, key in data["master"].items()},
                current_master=data["current_master"],
                chain={name: base64.b64decode(key) for name, key in data["chain"].items()},
                current_chain=data["current_chain"],
            )
        except (KeyError, ValueError, AttributeError) as error:
            raise MissingSecrets(
                "The secrets file is there but is not complete. Restore it from your copy."
            ) from error

    @classmethod
    def new(cls) -> Keyring:
        """A keyring with fresh keys."""
        return cls(
            secret_key=secrets.token_urlsafe(50),
            master={(name := new_id("m")): secrets.token_bytes(KEY_BYTES)},
            current_master=name,
            chain={(chain := new_id("c")): secrets.token_bytes(KEY_BYTES)},
            current_chain=chain,
        )

    def with_new_master(self) -> Keyring:
        """The same keyring with a further master key that is now the current one."""
        name = new_id("m")
        return Keyring(
            self.secret_key,
            {**self.master, name: secrets.token_bytes(KEY_BYTES)},
            name,
            self.chain,
            self.current_chain,
        )

    def without_master(self, names: set[str]) -> Keyring:
        """The same keyring without the named master keys (never the current one)."""
        kept = {name: key for name, key in self.master.items() if name not in names - {self.current_master}}
        return Keyring(self.secret_key, kept, self.current_master, self.chain, self.current_chain)


def new_id(prefix: str) -> str:
    """A short id for a key, such as `m-3f9a2c`."""
    return f"{prefix}-{secrets.token_hex(3)}"


def load(path: Path) -> Keyring:
    """Read the keyring at `path`. Raises MissingSecrets, saying what to do."""
    try:
        return Keyring.from_json(path.read_text())
    except FileNotFoundError as error:
        raise MissingSecrets(
            f"There is no secrets file at {path}. On a new installation, bin/serve makes it (or run "
            "`manage.py prepare` with COMMON_HOUR_CREATE_SECRETS=1). On an existing one, restore your copy of it: "
            "without it, nothing that was written can be read."
        ) from error


def save(path: Path, keyring: Keyring) -> None:
    """Write the keyring so that it is whole or not there, readable by its owner only."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}.new")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(keyring.to_json())
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)
