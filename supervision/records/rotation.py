"""Rotation of the master key: data keys are wrapped anew, sealed words stay byte for byte (decision 4)."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction

from . import encryption, keyring
from .models import RecordKey

AT_ONCE = 500


def add_master_key() -> str:
    """Put a fresh master key into the secrets file and make it the current one. Returns its id."""
    fresh = keyring.load(settings.SECRETS_FILE).with_new_master()
    keyring.save(settings.SECRETS_FILE, fresh)
    settings.KEYRING = fresh
    return fresh.current_master


def rewrap() -> int:
    """Wrap every data key that another master key wraps by the current one. Returns how many. May be repeated."""
    current, count = settings.KEYRING.current_master, 0
    while True:
        with transaction.atomic():
            waiting = RecordKey.objects.exclude(master_id=current).exclude(wrapped=b"")
            batch = list(waiting.select_for_update().order_by("pk")[:AT_ONCE])
            for key in batch:
                opened = encryption.unwrap(key.pk, bytes(key.wrapped), key.master_id)
                key.wrapped, key.master_id = encryption.wrap(key.pk, opened, current), current
            RecordKey.objects.bulk_update(batch, ["wrapped", "master_id"])
        if not batch:
            return count
        count += len(batch)


def forget_unused() -> set[str]:
    """Remove master keys from the secrets file that wrap nothing any more. Returns their ids."""
    used = set(RecordKey.objects.exclude(wrapped=b"").values_list("master_id", flat=True).distinct())
    used |= _of_second_factors()
    old = set(settings.KEYRING.master) - used - {settings.KEYRING.current_master}
    kept = settings.KEYRING.without_master(old)
    keyring.save(settings.SECRETS_FILE, kept)
    settings.KEYRING = kept
    return old


def _of_second_factors() -> set[str]:
    """Master keys that still hold somebody's authenticator secret; those are encrypted directly under one."""
    found = set()
    for data in Authenticator.objects.values_list("data", flat=True):
        for value in data.values():
            if isinstance(value, str) and ":" in value:
                found.add(value.partition(":")[0])
            if isinstance(value, list):
                found |= {str(item).partition(":")[0] for item in value}
    return found & set(settings.KEYRING.master)
