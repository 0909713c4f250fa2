"""Loads the signed-in person together with what every page needs to know of them, in one query."""

from __future__ import annotations

import datetime
import uuid
from functools import lru_cache
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.models import Authenticator
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from .models import Agency, User, today

ANYBODY = uuid.UUID(int=0)
FLAGS = (
    *("has_supervised", "has_been_supervised", "has_supervised_place", "manages_programs", "has_reports"),
    *("has_second_factor", "second_factor_wanted"),
)


class Backend(AuthenticationBackend):
    """Sign-in with e-mail and password; nobody has permissions by flag."""

    def get_user(self, user_id: Any) -> User | None:
        statement, parameters = _statement(connection.vendor, today())
        asked = User._meta.pk.get_db_prep_value(user_id, connection)
        nobody = User._meta.pk.get_db_prep_value(ANYBODY, connection)
        given = [asked if value == nobody else value for value in parameters]
        user = next(iter(User.objects.raw(statement, given)), None)
        if user is not None:
            for flag in FLAGS:  # SQLite answers with numbers
                setattr(user, flag, bool(getattr(user, flag)))
            needs = user.is_administrator or user.manages_programs
            user.lacks_second_factor = bool(
                needs and user.second_factor_wanted and not user.has_second_factor
            )
        return user


@lru_cache(maxsize=2)
def _statement(vendor: str, day: datetime.date) -> tuple[str, tuple[Any, ...]]:
    """The query for ANYBODY on this day, as SQL. It is asked at every request, and to put it together takes longer than to
    answer it; so that is done once a day."""
    return _of(ANYBODY).query.sql_with_params()


def _of(user_id: uuid.UUID) -> QuerySet[User]:
    agency = Agency.objects.all()
    # Recovery codes are a spare key, not a second factor of their own.
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    second_factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=kinds)
    return (
        User.objects.with_roles()
        .annotate(
            has_second_factor=Exists(second_factors),
            agency_name=Subquery(agency.values("name")[:1]),
            agency_time_zone=Subquery(agency.values("time_zone")[:1]),
            second_factor_wanted=Subquery(agency.values("second_factor_required")[:1]),
        )
        .filter(pk=user_id, is_active=True)
    )
