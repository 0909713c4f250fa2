"""The kinds of files, in the order in which they lean on each other."""

from ..plan import KindOf
from . import arrangements, credentials, people, programs, sessions

ALL: list[KindOf] = [programs.OF, people.OF, arrangements.OF, credentials.OF, sessions.OF]
BY_KEY: dict[str, KindOf] = {each.key: each for each in ALL}
