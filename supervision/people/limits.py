"""The five limits of confidentiality, worded once: shown before a first session, and part of every agreement.

Source: D 2.113 to 2.117 for the limits, D 2.118 for the order of steps, D 2.139 for what a legal report is not.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

# Raise this when the meaning of the wording changes: everybody is then shown the limits again.
EDITION = 1

# (key, text). Keys are stored with concerns and agreements and never change.
LIMITS = [
    ("conduct", _("Something that breaks the agency’s code of conduct.")),
    ("ethics", _("Something that breaks the ethics of the profession.")),
    ("care", _("A failure in the duty of care that is owed to somebody.")),
    ("safety", _("A serious worry about the safety of the peer worker or of a person they support.")),
    ("law", _("Something that has to be reported by law.")),
]

REPORT_NOTE = _(
    "A report by law is about suspected abuse, as the law where you work describes it. It is not about somebody speaking of "
    "self-harm, or not following a treatment."
)

# What happens when a limit is reached, in this order (D 2.118).
STEPS = [
    _("The supervisor tells the peer worker first, before anybody else."),
    _("The peer worker has a set time to take it to their own support team or line manager."),
    _(
        "Only if they can’t or don’t want to in that time does the supervisor take it further, and says so beforehand."
    ),
]
