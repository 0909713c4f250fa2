"""Loads the signed-in person together with what every page needs to know of them, in one query."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Subquery

from .models import Agency, User


class Backend(AuthenticationBackend):
    """Sign-in with e-mail and password; nobody has permissions by flag."""

    def get_user(self, user_id: Any) -> User | None:
        agency = Agency.objects.all()
        # Recovery codes are a spare key, not a second factor of their own.
        kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
        second_factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=kinds)
        user = (
            User.objects.with_roles()
            .annotate(
                has_second_factor=Exists(second_factors),
                agency_name=Subquery(agency.values("name")[:1]),
                agency_time_zone=Subquery(agency.values("time_zone")[:1]),
                second_factor_wanted=Subquery(agency.values("second_factor_required")[:1]),
            )
            .filter(pk=user_id, is_active=True)
            .first()
        )
        if user is not None:
            needs = user.is_administrator or user.manages_programs
            user.lacks_second_factor = bool(
                needs and user.second_factor_wanted and not user.has_second_factor
            )
        return user
