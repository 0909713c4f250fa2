"""What the core does once a day."""

from __future__ import annotations

import os
import time

from django.conf import settings
from django.db import connection

from supervision.records import daily


def test_fresh_statistics_can_be_asked_for_on_either_database(db, django_assert_max_num_queries):
    with django_assert_max_num_queries(1):
        daily.fresh_statistics()
    assert connection.is_usable()


def test_mail_files_go_after_a_week_and_not_before(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "MAIL_DIR", tmp_path)
    old, new = tmp_path / "old.log", tmp_path / "new.log"
    for file in (old, new):
        file.write_text("mail")
    long_ago = time.time() - 8 * 86400
    os.utime(old, (long_ago, long_ago))
    daily.old_mail()
    assert not old.exists()
    assert new.exists()


def test_no_mail_folder_is_no_trouble(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "MAIL_DIR", tmp_path / "none")
    daily.old_mail()
    assert not (tmp_path / "none").exists()
