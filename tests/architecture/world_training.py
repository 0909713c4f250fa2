"""A training log and credentials, with a unique word in every confidential field, in a file and in its name."""

from __future__ import annotations

from PIL import PngImagePlugin

from competencies.models import TrainingEntry
from competencies.training.views.entries import draft_of
from supervision.people import operations as people
from supervision.people.models import Credential, User
from supervision.records import drafts
from tests.cast import Cast
from tests.competencies import training_makers as make

from .kinds import World

FACTS = frozenset({"worker", "manager"})
ENTRY = "entry entry_edit entry_remove entry_evidence"
CREDENTIAL = " ".join(
    f"credential{name}" for name in ("", "_edit", "_renew", "_let_go", "_take_up", "_remove", "_evidence")
)


def add_training(world: World, cast: Cast) -> None:
    """The worker's: an entry and a credential that she keeps, each with a file, and one that the agency keeps."""
    entry = _entry(world, cast.worker)
    kept = make.credential(cast.worker, number=world.word("credential-number", "worker"))
    _evidence(world, "entry", entry)
    _evidence(world, "credential", kept)
    agencys = people.save_credential(
        cast.worker,
        by=cast.administrator,
        name="Recovery coach",
        number=world.word("credential-agency", "worker", "administrator"),
    )
    typed = {"took": [world.word("training-typed", "worker")]}
    drafts.keep(cast.worker, draft_of(entry.pk), typed)
    _targets(world, ENTRY, "worker", entry.pk)
    _targets(world, CREDENTIAL, "own", kept.pk)
    _targets(world, CREDENTIAL, "agency", agencys.pk)
    for label, person in {
        "worker": cast.worker,
        "stranger": cast.other_worker,
        "manager": cast.manager,
    }.items():
        _targets(world, "of", label, person.pk)
    names = "people:credential people:credential_remove"
    for label, row in {"agency": agencys, "kept": kept}.items():
        world.target(names, label, pk=cast.worker.pk, credential_pk=row.pk)


def add_training_of_a_member(world: World, cast: Cast) -> None:
    """Of somebody who is in a group, a pair, and supervised by two: none of these people learn of it."""
    entry = make.entry(
        cast.worker,
        title=world.word("training-title", "owner", "manager"),
        provider=world.word("training-provider", "owner", "manager"),
        took=world.word("training-took", "owner"),
    )
    _targets(world, ENTRY, "owner", entry.pk)
    _targets(world, "of", "owner", cast.worker.pk)


def _entry(world: World, owner: User) -> TrainingEntry:
    return make.entry(
        owner,
        title=world.word("training-title", *FACTS),
        provider=world.word("training-provider", *FACTS),
        took=world.word("training-took", "worker"),
    )


def _evidence(world: World, label: str, of: TrainingEntry | Credential) -> None:
    written = PngImagePlugin.PngInfo()
    written.add_text("Comment", world.word(f"evidence-content-{label}", "worker"))
    name = world.word(f"evidence-name-{label}", "worker")
    file = make.evidence(of, make.png(pnginfo=written), name=f"{name}.png")
    _targets(world, "evidence evidence_remove", label, file.pk)


def _targets(world: World, names: str, label: str, pk: object) -> None:
    world.target(" ".join(f"training:{name}" for name in names.split()), label, pk=pk)
