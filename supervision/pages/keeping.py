"""What a form that is kept while somebody types says to the script that does it (static/js/drafts.js)."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

SAID: dict[str, str | Promise] = {
    "saved": _("What you type is kept for you, last at %s"),
    "retry": _("Not kept yet. We keep trying; leave this page open."),
    "offline": _("You’re offline. Leave this page open: it is kept when you’re back."),
    "signed-out": _(
        "You were signed out, so what you type now is not kept. Copy it, sign in again and come back here."
    ),
    "stopped": _("What you type here is not kept any more."),
}


def attributes(url: str) -> SafeString:
    """The attributes of a form whose words are kept at `url` two seconds after typing stops."""
    return format_html_join(" ", 'data-{}="{}"', [("draft", url), *SAID.items()])
