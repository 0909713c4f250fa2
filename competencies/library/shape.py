"""What a framework is once it has been read: domains with statements, and a scale whose points are described in words (domain 10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Who a framework describes, and by whom it can be filled in.
DESCRIBED_BY = {
    "supervisor": ("self", "workers", "supervisor"),
    "worker": ("self", "supervisor"),
    "program": ("managers", "supervisors", "workers"),
    "training": ("self",),
}
# What it may be used for. Rounds are the anonymous ones, of the workers that somebody supervises.
USES = {
    "supervisor": ("informal", "formal", "rounds"),
    "worker": ("informal", "formal"),
    "program": ("program",),
    "training": ("training",),
}
KINDS = ("practice", "knowledge")


@dataclass(frozen=True)
class Point:
    """One point of a scale, lowest first. "Can't say yet" always stands beside them and is none of them."""

    label: str
    means: str


@dataclass(frozen=True)
class Statement:
    """One thing to look at. Its `id` never means anything else: assessments name it."""

    id: str
    title: str
    text: str
    detail: str
    source: str


@dataclass(frozen=True)
class Domain:
    id: str
    kind: str
    title: str
    purpose: str
    source: str
    described_by: tuple[str, ...]  # the framework's, or fewer where others could not know
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class Content:
    """A framework in one version."""

    key: str
    version: int
    title: str
    about: str
    described_by: tuple[str, ...]
    uses: tuple[str, ...]
    introduction: str
    sources: Mapping[str, str]
    scale: tuple[Point, ...]
    domains: tuple[Domain, ...]

    @property
    def statements(self) -> tuple[Statement, ...]:
        return tuple(one for domain in self.domains for one in domain.statements)


def as_data(content: Content) -> dict[str, Any]:
    """What is stored: lists, texts and numbers only. `of_data` reads it back the same."""
    return {
        "key": content.key,
        "version": content.version,
        "title": content.title,
        "about": content.about,
        "described_by": list(content.described_by),
        "uses": list(content.uses),
        "introduction": content.introduction,
        "sources": dict(content.sources),
        "scale": [{"label": point.label, "means": point.means} for point in content.scale],
        "domains": [_domain_data(domain) for domain in content.domains],
    }


def _domain_data(domain: Domain) -> dict[str, Any]:
    return {
        "id": domain.id,
        "kind": domain.kind,
        "title": domain.title,
        "purpose": domain.purpose,
        "source": domain.source,
        "described_by": list(domain.described_by),
        "statements": [
            {"id": one.id, "title": one.title, "text": one.text, "detail": one.detail, "source": one.source}
            for one in domain.statements
        ],
    }


def of_data(data: Mapping[str, Any]) -> Content:
    """A framework from what was stored."""
    return Content(
        key=data["key"],
        version=data["version"],
        title=data["title"],
        about=data["about"],
        described_by=tuple(data["described_by"]),
        uses=tuple(data["uses"]),
        introduction=data["introduction"],
        sources=dict(data["sources"]),
        scale=tuple(Point(**point) for point in data["scale"]),
        domains=tuple(_domain(domain) for domain in data["domains"]),
    )


def _domain(data: Mapping[str, Any]) -> Domain:
    given = {name: data[name] for name in ("id", "kind", "title", "purpose", "source")}
    statements = tuple(Statement(**one) for one in data["statements"])
    return Domain(**given, described_by=tuple(data["described_by"]), statements=statements)
