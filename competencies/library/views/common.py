"""What the views of frameworks share."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from supervision.people.models import User

from .. import said
from ..shape import Content, Domain


def reader(request: HttpRequest) -> User:
    """The signed-in person. The middleware lets nobody else get here."""
    user: Any = request.user
    return user


def shown_content(content: Content) -> dict[str, Any]:
    """What a page shows of a framework."""
    return {
        "content": content,
        "filled_in_by": said.filled_in_by(content),
        "made_for": said.made_for(content),
        "scale": said.scale(content),
        "domains": [_domain(content, domain) for domain in content.domains],
        "sources": [f"{letter}: {name}" for letter, name in content.sources.items()],
    }


def _domain(content: Content, domain: Domain) -> dict[str, Any]:
    fewer = domain.described_by != content.described_by
    return {"domain": domain, "filled_in_by": said.filled_in_by(content, domain) if fewer else ""}
