"""What the frame of every page is fed with. No query of its own: the person was loaded with their roles."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from supervision.pages import words

from . import roles
from .links import address


def frame(request: HttpRequest) -> dict[str, Any]:
    """Agency name, the person, their navigation and their other roles (docs/pages.md)."""
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"agency_name": "", "me": None, "nav": [], "roles": [], "theme": None}
    role = roles.in_use(request)
    return {
        "agency_name": getattr(user, "agency_name", "") or "",
        "me": {
            "name": user.name,
            "initials": words.initials(user.name),
            "role": role.label if role else "",
        },
        "nav": _nav(request, role) if role else [],
        "roles": _others(user, role),
        "account_links": _account_links(role),
        "footer_links": [
            {"label": _("Who can see what"), "url": address("overview:who_can_see")},
            {"label": _("Accessibility"), "url": address("overview:accessibility")},
            {"label": _("Get help"), "url": address("overview:help")},
        ],
        "theme": user.theme or None,
    }


def _nav(request: HttpRequest, role: roles.Role) -> list[dict[str, Any]]:
    here = request.resolver_match.view_name if request.resolver_match else ""
    named = [item for item in role.nav if here == item.name or here in item.under]
    current = next((item for item in (*named, *role.nav) if item.holds(here)), None)
    return [
        {"label": item.label, "url": item.url, "current": item is current} for item in role.nav if item.url
    ]


def _others(user: Any, role: roles.Role | None) -> list[dict[str, Any]]:
    return [
        {"label": other.label, "url": address("people:role", other.key)}
        for other in roles.roles_of(user)
        if role and other.key != role.key
    ]


def _account_links(role: roles.Role | None) -> list[dict[str, Any]]:
    """One's own pages. Everybody has a job, and can keep goals and notes (domain 4, 6, 7): whose navigation does not lead there
    finds them here."""
    in_nav = {item.name for item in role.nav} if role is not None else set()
    administers = role is not None and role.key == "administrator"
    own = [
        (_("Job and performance"), "performance:mine"),
        (_("Goals"), "competencies:goals"),
        (_("Assessments"), "competencies:assessments"),
        (_("Training"), "training:log"),
        (_("Competencies"), "competencies:frameworks"),
        (_("Rounds"), "rounds:list"),
        (_("Program self-assessment"), "program_assessment:list"),
        (_("Private notes"), "notes:list"),
    ]
    return [
        {"label": _("Your details"), "url": address("people:your_details")},
        {"label": _("Reminders"), "url": address("notices:list")},
        *({"label": label, "url": address(name)} for label, name in own if name not in in_nav),
        {"label": _("Your hours"), "url": address("hours:own")},
        {"label": _("What is expected"), "url": address("requirements:list")},
        {"label": _("Concerns"), "url": address("concerns:list")},
        {"label": _("Changing supervisor"), "url": address("handover:list")},
        {"label": _("Who has opened what about you"), "url": address("overview:opened")},
        {"label": _("What is yours, to take along"), "url": address("portfolio:list")},
        *([{"label": _("Keeping and removing"), "url": address("retention:keeping")}] if administers else []),
        {"label": _("Disclosures required by law"), "url": address("disclosure:list")},
        {"label": _("The limits of confidentiality"), "url": address("people:limits")},
        {"label": _("Password"), "url": address("account_change_password")},
        {"label": _("Second way to prove it is you"), "url": address("mfa_index")},
        {"label": _("Where you are signed in"), "url": address("usersessions_list")},
    ]
