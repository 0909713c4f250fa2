"""Which role a person has in use, and where it leads. Navigation only: no rule ever asks for it (decision 25)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .links import address

SESSION_KEY = "role"

# As `people:role` spells them, in its address and in the session.
SUPERVISOR, PEER_WORKER = "supervisor", "peer-worker"
PROGRAM_MANAGER, ADMINISTRATOR = "program-manager", "administrator"
LINE_MANAGER = "line-manager"


OWN_PAGES = frozenset(
    {"people:your_details", "people:away", "people:calendar", "people:limits"}
    | {"people:changes", "people:own_reset_stop", "people:own_address_keep"}
    | {f"competencies:framework{name}" for name in ("s", "", "_version")}
    | {"training:log", "training:areas"}
    | {f"training:entry{name}" for name in ("", "_new", "_edit", "_remove")}
    | {f"training:credential{name}" for name in ("s", "", "_new", "_edit", "_renew", "_remove")}
)
PROGRAM_PAGES = tuple(
    f"people:{name}"
    for name in ("program_add", "program", "program_edit", "place_add", "place", "manager_add", "manager_end")
)
ARRANGEMENT_PAGES = tuple(f"people:arrangement{name}" for name in ("_add", "", "_join", "_leave", "_end"))


@dataclass(frozen=True)
class Destination:
    """One entry of the navigation. `under` are the URL namespaces and names whose pages belong to it."""

    label: str | Promise
    name: str
    under: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return address(self.name)

    def holds(self, view_name: str) -> bool:
        """Whether the page of this name belongs here. One's own pages hang on the account menu, whatever the role."""
        if view_name in OWN_PAGES:
            return False
        return view_name == self.name or any(
            view_name == under or view_name.startswith(f"{under}:") for under in self.under
        )


@dataclass(frozen=True)
class Role:
    key: str
    label: str | Promise
    nav: tuple[Destination, ...]


HOME = "home"

# In this order: somebody who has several begins with the first.
ROLES = (
    Role(
        SUPERVISOR,
        _("Supervisor"),
        (
            Destination(_("This week"), HOME),
            Destination(_("People"), "overview:people", ("overview:worker",)),
            Destination(_("Sessions"), "sessions:list", ("sessions",)),
            Destination(_("Agreements"), "agreements:list", ("agreements",)),
            Destination(_("Competencies"), "competencies:assessments", ("competencies",)),
            Destination(_("Private notes"), "notes:list", ("notes",)),
        ),
    ),
    Role(
        PEER_WORKER,
        _("Peer worker"),
        (
            Destination(_("Home"), HOME),
            Destination(_("Sessions"), "sessions:list", ("sessions",)),
            Destination(_("My agreement"), "agreements:list", ("agreements",)),
            Destination(_("Goals"), "competencies:goals", ("competencies",)),
            Destination(_("Private notes"), "notes:list", ("notes",)),
        ),
    ),
    Role(
        PROGRAM_MANAGER,
        _("Program manager"),
        (
            Destination(_("Overview"), HOME, ("overview:manager", "overview:worker")),
            Destination(_("People"), "people:list", ("people", "training:of")),
            Destination(_("Reports"), "reports:list", ("reports",)),
            Destination(_("Activity log"), "overview:activity"),
        ),
    ),
    Role(
        LINE_MANAGER,
        _("Line manager"),
        (
            Destination(_("Home"), HOME),
            Destination(_("People"), "performance:people", ("performance:person",)),
            Destination(_("Job and performance"), "performance:mine", ("performance",)),
        ),
    ),
    Role(
        ADMINISTRATOR,
        _("Administrator"),
        (
            Destination(_("Home"), HOME),
            Destination(_("Accounts"), "people:list", ("people",)),
            Destination(_("Programs"), "people:programs", PROGRAM_PAGES),
            Destination(_("Arrangements"), "people:arrangements", ARRANGEMENT_PAGES),
            Destination(_("Agency"), "people:agency", ("agreements",)),
        ),
    ),
)


def roles_of(user: Any) -> list[Role]:
    """The roles this person has pages for, in the order of ROLES."""
    has = user.roles
    return [role for role in ROLES if getattr(has, role.key.replace("-", "_"))]


def in_use(request: HttpRequest) -> Role | None:
    """The role whose pages are shown: the one switched to, otherwise their first. None for who has none yet."""
    roles = roles_of(request.user)
    wanted = request.session.get(SESSION_KEY)
    return next((role for role in roles if role.key == wanted), roles[0] if roles else None)


def is_in_use(request: HttpRequest, key: str) -> bool:
    """Whether the pages of this role are the ones shown now."""
    role = in_use(request)
    return role is not None and role.key == key
