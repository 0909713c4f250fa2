"""“Something in Common Hour is waiting for you”: one e-mail, never any content (domain 13, design 6.7)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tasks import task

from supervision.people.models import User
from supervision.records.mail import send

SUBJECTS = {
    "sign": gettext_lazy("Something is waiting for your signature"),
    "changed": gettext_lazy("Something you signed has changed"),
    "taken_back": gettext_lazy("Something you were asked to sign was taken back"),
    "agreement": gettext_lazy("Your supervision agreement is waiting for you"),
    "session": gettext_lazy("A supervision session is planned"),
    "session_changed": gettext_lazy("A supervision session has changed"),
    "arrangement": gettext_lazy("A supervision arrangement was made for you"),
    "in_force": gettext_lazy("Your supervision agreement is signed and sealed"),
    "joined": gettext_lazy("Somebody signed your group’s agreement"),
    "ended": gettext_lazy("A supervision agreement has ended"),
    "report": gettext_lazy("Your report is ready"),
    "removal": gettext_lazy("Something of yours will be removed"),
    "own_files": gettext_lazy("What you asked for is ready"),
    "proposed": gettext_lazy("Something was proposed to you"),
    "answered": gettext_lazy("There is an answer for you"),
    "called_off": gettext_lazy("Something that was planned does not take place"),
    "taken_up": gettext_lazy("Something was taken up with you"),
    "read": gettext_lazy("Something is waiting for you to read"),
    "shared": gettext_lazy("Something was shared with you"),
    "asked": gettext_lazy("You are asked how you see something"),
    "asked_soon": gettext_lazy("Something that you were asked closes soon"),
    "added": gettext_lazy("Something was added to what you shared"),
    "expiring": gettext_lazy("Something of yours is about to expire"),
    "yearly": gettext_lazy("Your yearly summary is ready"),
    "account": gettext_lazy("Something about your account has changed"),
}


def tell(person: User, kind: str, *, path: str) -> None:
    """Queue an e-mail that something waits at `path`. Call it inside the transaction of what happened."""
    if kind not in SUBJECTS:
        raise ValueError(f"There is no notice of the kind {kind}.")
    send_notice.enqueue(str(person.pk), kind, path)


@task()
def send_notice(person_id: str, kind: str, path: str) -> None:
    """Send one notice. People who left get none."""
    person = User.objects.filter(pk=uuid.UUID(person_id), is_active=True).first()
    if person is None:
        return
    context = {
        "subject": SUBJECTS.get(kind) or _("Something in Common Hour is waiting for you"),
        "called": person.called,
        "link": f"{settings.SITE_URL}{path}",
    }
    send(person.email, "emails/notice", context)
