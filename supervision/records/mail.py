"""Sending mail: plain and HTML text from two templates, and the file that holds it until SMTP is configured."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.filebased import EmailBackend
from django.template.loader import render_to_string


def send(
    to: str, template: str, context: dict[str, Any], *, headers: Mapping[str, str] | None = None
) -> None:
    """Send one e-mail. `template` names `<template>.txt` (its first line is the subject) and `<template>.html`.

    Called by jobs only, so that no page waits for a mail server. Mails carry no record content.
    """
    context = {"site_url": settings.SITE_URL, **context}
    subject, _, text = render_to_string(f"{template}.txt", context).strip().partition("\n")
    message = EmailMultiAlternatives(
        subject.strip(),
        text.strip() + "\n",
        settings.DEFAULT_FROM_EMAIL,
        [to],
        headers=dict(headers or {}),
    )
    message.attach_alternative(render_to_string(f"{template}.html", context), "text/html")
    message.send()


class OwnerOnlyFileBackend(EmailBackend):
    """Mail to files that only the owner of the process can read; cleared after 7 days by a daily job."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        os.makedirs(settings.EMAIL_FILE_PATH, mode=0o700, exist_ok=True)
        super().__init__(*args, **kwargs)

    def open(self) -> bool:
        if self.stream is None:
            handle = os.open(self._get_filename(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            self.stream = os.fdopen(handle, "ab")
            return True
        return False
