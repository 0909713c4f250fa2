"""Our words for the forms of django-allauth, which are labelled for programmers. Used by forms.make_plain()."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LABELS: dict[str, str | Promise] = {
    "login": _("E-mail address"),
    "email": _("E-mail address"),
    "password": _("Password"),
    "oldpassword": _("The password you have now"),
    "password1": _("New password"),
    "password2": _("The same password again"),
    "remember": _("Keep me signed in on this device"),
    "code": _("Code"),
    "name": _("A name to tell this key by"),
    "passwordless": _("Let this key take the place of my password"),
}
HINTS: dict[str, str | Promise] = {
    "passwordless": _("The key then checks a fingerprint, face or PIN itself."),
}
ERRORS: dict[str, str | Promise] = {
    "email_password_mismatch": _(
        "That e-mail address and password don’t go together. Check both and try again."
    ),
    "enter_current_password": _("That is not the password you have now"),
    "incorrect_password": _("That password is not right. Try again, or choose another way below."),
    "incorrect_code": _("That code did not match. Codes change every half minute; try the one shown now."),
    "rate_limited": _("Too many tries in a short time. Wait a few minutes, then try again."),
    "too_many_login_attempts": _(
        "Too many tries in a short time. Wait a few minutes, or choose a new password."
    ),
    "same_as_current": _("Choose a password that differs from the one you have now"),
}
