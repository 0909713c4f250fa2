"""The pages of allauth that are in use, under allauth's own names.

Its list is not included whole, because some of its pages would be a way round our rules: an address is changed by an administrator
and waits 72 hours (decision 11), so there is no page for one's own addresses; nobody signs themself up; and a first password comes
with an invitation only, so there is none for setting one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views
from allauth.mfa import urls as mfa_urls
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path, re_path


def _unfinished_is_422(view: Callable[..., Any]) -> Callable[..., Any]:
    """A form that is shown again with something to fix answers 422, as everywhere else here."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = view(request, *args, **kwargs)
        form = (getattr(response, "context_data", None) or {}).get("form")
        if response.status_code == 200 and form is not None and form.is_bound and form.errors:
            response.status_code = 422
        return response

    return answer


def _all_unfinished_are_422(patterns: list[Any]) -> list[Any]:
    """The same for every page of an app of allauth, which has forms at several depths."""
    return [
        URLResolver(each.pattern, _all_unfinished_are_422(each.url_patterns))
        if isinstance(each, URLResolver)
        else URLPattern(each.pattern, _unfinished_is_422(each.callback), each.default_args, each.name)
        for each in patterns
    ]


def _no_such_page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


urlpatterns = [
    path("login/", _unfinished_is_422(views.login), name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", _unfinished_is_422(views.reauthenticate), name="account_reauthenticate"),
    path("password/change/", _unfinished_is_422(views.password_change), name="account_change_password"),
    path("password/reset/", _unfinished_is_422(views.password_reset), name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        _unfinished_is_422(views.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path("2fa/", include(_all_unfinished_are_422(mfa_urls.urlpatterns))),
    path("sessions/", include("allauth.usersessions.urls")),
    # allauth looks these two up by name while it draws other pages; there is nothing behind them.
    path("signup/", _no_such_page, name="account_signup"),
    path("email/", _no_such_page, name="account_email"),
]
