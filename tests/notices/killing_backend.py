"""Mail to files of one name for each content, from a process that kills itself before or after its first mail."""

from __future__ import annotations

import os
import signal
import uuid
from collections.abc import Sequence
from pathlib import Path

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class Backend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        if os.environ["KILLED"] == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        for message in email_messages:
            name = Path(os.environ["MAILS"]) / uuid.uuid4().hex
            name.write_text(f"{message.to}\n{message.subject}\n{message.body}")
        if os.environ["KILLED"] == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return len(email_messages)
