"""The forms of allauth that work differently here. In a module of its own: allauth's forms need the adapter first."""

from __future__ import annotations

import uuid
from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm
from django.db import transaction
from django.http import HttpRequest

from . import notifications


class ResetForm(ResetPasswordForm):
    """Asks for a new password: the same work, and the same answer, whether anybody has the address or not."""

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        person_id = self.users[0].pk if self.users else uuid.uuid4()
        with transaction.atomic():
            notifications.reset_asked(person_id)
        return str(self.cleaned_data["email"])


class SignInForm(LoginForm):
    """With the way to a new password after the button (account/login.html): from the address, the next key leads to the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""
