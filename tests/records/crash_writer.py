"""Signs one agreement after another and says so on standard output after each commit, until it is killed."""

from __future__ import annotations

import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "supervision.settings"

import django

django.setup()

from supervision.people.models import Program, User  # noqa: E402
from tests.cast import Cast  # noqa: E402
from tests.records import helpers  # noqa: E402


def main() -> None:
    dana, marisol = User.objects.get(name="Dana Whitfield"), User.objects.get(name="Marisol Vega")
    people = dict.fromkeys(Cast.__dataclass_fields__, None)
    cast = Cast(**{**people, "program": Program.objects.first(), "supervisor": dana, "worker": marisol})
    while True:
        offer = helpers.offered(cast)
        _say("offered", offer.pk)
        helpers.sign(offer, dana)
        _say("signed", offer.pk)
        helpers.sign(offer, marisol)
        _say("sealed", offer.pk)


def _say(what: str, pk: object) -> None:
    sys.stdout.write(f"{what} {pk}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
