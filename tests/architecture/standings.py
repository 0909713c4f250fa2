"""What each column of the access matrices is towards a target, in the words of `Reader`: for asking whether the lines are true.

The columns are fixed people (world.py, group_world.py). Who is somebody else towards a target than usually stands here by name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from supervision.pages.sight import Reader

Readers = frozenset[Reader]
Found = Mapping[str, Readers]


def _are(**columns: str) -> dict[str, Readers]:
    """`_are(worker="parties present")`: what each of these columns is."""
    return {name: frozenset(Reader[word.upper()] for word in said.split()) for name, said in columns.items()}


def _all(names: str, said: str) -> dict[str, Readers]:
    return _are(**dict.fromkeys(names.split(), said))


OWN = frozenset({Reader.SELF, Reader.AUTHOR})  # what a page without a target is to whoever asks for it
EVERYBODY = frozenset({Reader.EVERYBODY})
OWN_RECORD = r"performance:mine|training:|sessions:before"  # pages without a target that say of one's own record who reads it

# The agency: Marisol (worker) and Dana (supervisor) are a pair ----------------------------------------------------

ROLES = _are(
    supervisor="leads",
    other_supervisor="leads",
    manager="managers",
    other_manager="managers",
    administrator="administrators",
    line_manager="line_manager",
)
USUALLY = _are(
    worker="parties present",
    supervisor="parties present leads",
    manager="managers",
    administrator="administrators",
    line_manager="line_manager",
)
# Towards what is of Sam (other_worker), whom Ben (other_supervisor) supervises in the program of Otto.
OF_OTHERS = _are(
    other_worker="parties present",
    other_supervisor="parties present leads",
    other_manager="managers",
    administrator="administrators",
)
ASKED = _all("worker supervisor former", "asked") | _are(manager="asked managers")

# By address and target; the first that fits is asked.
AGENCY: list[tuple[str, Found]] = [
    (r"concerns:letter\w* shown", _are(worker="parties", manager="named", supervisor="named")),
    (r"concerns:letter_write strangers", OF_OTHERS),
    (r"concerns:letter", _are(worker="parties", manager="named")),
    (r"concerns:\w+ early", _are(supervisor="leads", line_manager="named")),
    (r"concerns:", _are(worker="parties", supervisor="parties leads", line_manager="named")),
    (r"sessions:matter", _are(worker="parties", supervisor="parties", manager="named")),
    # The line manager wrote these; the supervisor is nobody to them.
    (r"performance:note\w* (plan|declined)", _are(worker="parties", line_manager="parties line_manager")),
    (r"program_assessment:open other", OF_OTHERS),
    (r"program_assessment:", ASKED),
    (r"rounds:(named_view|write) (?!stranger)", _all("worker supervisor", "parties")),
    (r"rounds:write stranger", _all("other_worker other_supervisor former", "parties")),
    (r"rounds:", _are(worker="asked", supervisor="parties")),
    (r"competencies:goal", _are(worker="parties", supervisor="named")),
    (r"notes:", _are(worker="parties", supervisor="named")),
    (
        r"handover:|(sessions|agreements):\S+ (before|given)",
        _are(
            former="parties present",
            supervisor="parties present leads",
            other_supervisor="named leads",
            manager="managers",
        ),
    ),
    (r"portfolio:leaver", _are(administrator="administrators")),
    # One of the two who approve it: as administrator alone nobody reads it.
    (r"disclosure:", _are(administrator="named", worker="told", supervisor="told")),
    # Their own reason why a record should go.
    (r"retention:disposal asked", _are(worker="author", administrator="administrators")),
    (r"retention:disposal stopped", _are(supervisor="author", administrator="administrators")),
    (r"competencies:framework|requirements:", _are(administrator="administrators")),
    (r"\S+ (stranger|strangers|other)$", OF_OTHERS),
    (r"", USUALLY),
]


def _of_own_record(url_name: str) -> Readers:
    return frozenset({Reader.PARTIES}) if re.match(OWN_RECORD, url_name) else frozenset()


def of_agency(url_name: str, target: str, column: str) -> Readers:
    if target == "-":
        return OWN | EVERYBODY | ROLES.get(column, frozenset()) | _of_own_record(url_name)
    where = f"{url_name} {target}"
    found = next(found for pattern, found in AGENCY if re.match(pattern, where))
    return found.get(column, frozenset()) | EVERYBODY


# The agency of groups ---------------------------------------------------------------------------------------------

MANAGER = _are(manager="managers")
THERE = _all("leader owner member", "parties present")
MEMBERS = THERE | _are(absent="parties")
NOW = MEMBERS | _are(joined="parties")
FIRST = _all("leader owner member left", "parties present") | _are(absent="parties")
PAIR = _all("leader owner", "parties present")
THREE = _all("leader owner second", "parties present")
ABOVE = _all("leader above", "parties present")
CIRCLE = _all("facilitator peer", "parties present") | _are(peer_away="parties")

GROUPS: list[tuple[str, Found]] = [
    (r"agreements:\S+ (group)", NOW | _are(left="parties") | MANAGER),
    (r"agreements:\S+ anew", NOW | MANAGER),
    (r"notes:\S+ shared", _are(owner="parties", member="named")),
    (r"notes:\S+ own", _are(owner="parties")),
    (r"notes:\S+ above", _are(leader="parties", above="named")),
    (r"(overview:worker|hours:person) leader", _are(leader="parties", above="leads") | MANAGER),
    (
        r"(overview:worker|hours:person) owner",
        _are(owner="parties", leader="leads", second="leads") | MANAGER,
    ),
    (r"(overview:worker|hours:person) member", _are(member="parties", leader="leads") | MANAGER),
    (r"people:arrangement group", NOW | _are(left="parties") | MANAGER),
    (r"rounds:write", _all("owner member absent joined leader", "parties")),
    (r"rounds:", _all("owner member absent joined", "asked") | _are(leader="parties")),
    (r"training:", _are(owner="parties") | MANAGER),
    (r"sessions:observation_propose member", _all("leader member", "parties")),
    (r"sessions:observation", PAIR | MANAGER),
    # Topics are called by whoever raised them; on the group's agenda.
    (r"sessions:agenda_item (leader|owner)$", NOW),
    (r"sessions:agenda_item (two|second-own)$", THREE),
    (r"sessions:agenda_item (above|above-own)$", ABOVE),
    (r"sessions:agenda_item (peer|peer-own|away-own)$", CIRCLE),
    (r"sessions:plan\w* circle", CIRCLE),
    (r"sessions:plan\w* group", NOW),
    (r"\S+ first$", FIRST | MANAGER),
    (r"\S+ (sealed|sent|draft|waiting|missed|cancelled|moved)$", MEMBERS | MANAGER),
    (r"\S+ (anew|planned)$", NOW | MANAGER),
    (r"\S+ (both|two|two_plan)$", THREE | MANAGER),
    (r"\S+ one$", PAIR | _are(second="parties") | MANAGER),
    (r"\S+ (above|above_plan)$", ABOVE | MANAGER),
    (r"\S+ (circle|writing|equals)$", CIRCLE | MANAGER),
    (r"\S+ pair$", PAIR | MANAGER),
    (r"", _are()),
]
LEADING = _all("leader second above facilitator", "leads") | MANAGER


# Words of another record that stand on a page of this one, where they were read before or are read as well.
OF_ANOTHER: list[tuple[str, str, str]] = [
    (r"agreements:(clause|detail|history) anew", "left", "she signed the version before"),
    (
        r"sessions:(detail|agenda_add|record) (planned|anew|draft)",
        "left",
        "she was there when the next steps were said",
    ),
    (r"sessions:detail moved", "joined", "the place went along to the new time, which she comes to"),
    (r"sessions:(detail|agenda_add) draft", "leader owner", "they heard what the member keeps for next time"),
]


def of_groups(url_name: str, target: str, column: str) -> Readers:
    if target == "-":
        return OWN | EVERYBODY | LEADING.get(column, frozenset()) | _of_own_record(url_name)
    where = f"{url_name} {target}"
    found = next(found for pattern, found in GROUPS if re.match(pattern, where))
    return found.get(column, frozenset()) | EVERYBODY
