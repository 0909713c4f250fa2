"""Starting a version, and naming the people it is between."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.notices import operations as notices
from supervision.notices.models import Suggestion
from supervision.pages import words
from supervision.people import standing
from supervision.people.models import Agency, Arrangement, Participation, User
from supervision.records import audit
from supervision.records.errors import Invalid

from .. import completeness, naming, notifications, policy, standard
from ..models import Agreement, AgreementParty, Clause, TemplateEdition
from . import common


@transaction.atomic
def draft(
    *,
    arrangement: Arrangement,
    by: User,
    edition: TemplateEdition | None = None,
    because: str = "",
    note: str = "",
) -> Agreement:
    """Start the next version of an arrangement's agreement: from the one before, or from a template.

    `edition` is the agency's template for a first version (None: the one shipped). `because` and `note` say why there is to be a
    new version (D 2.130: workload, duties, workplace). Raises NotFound, Denied, WrongState (policy.check_can_draft) or Invalid.
    """
    arrangement = common.lock_arrangement(arrangement.pk)
    policy.check_can_draft(by, arrangement)
    earlier = Agreement.objects.filter(arrangement=arrangement).order_by("-number").first()
    if because and because not in Agreement.Because.values:
        raise Invalid(_("Choose one of the reasons listed."), field="because")
    agreement = Agreement(
        arrangement=arrangement,
        started_by=by,
        because=because if earlier else "",
        **_first_terms(earlier, edition),
    )
    agreement.because_note = common.checked(note, limit=common.REASON_LIMIT, field="note") if earlier else ""
    agreement.save()
    parties = common.name_parties(agreement)
    if earlier is not None:
        clauses = _copied_clauses(agreement, earlier, parties)
    else:
        clauses = _template_clauses(agreement, parties)
    Clause.objects.bulk_create(clauses)
    facts = {"version": agreement.number, "because": agreement.because}
    audit.record(by, "agreement started", about=agreement, facts=facts)
    standing.set_draft(arrangement, draft=True)
    if earlier is not None:
        notices.withdraw(earlier)
        notices.withdraw_all(arrangement, Suggestion.Kind.REVIEW)
    notices.suggest(
        arrangement,
        kind=Suggestion.Kind.AGREEMENT,
        title=_("Our supervision agreement: what we want to settle"),
        source=agreement,
    )
    notifications.version_started(agreement, by=by)
    return agreement


def _first_terms(earlier: Agreement | None, edition: TemplateEdition | None) -> dict[str, Any]:
    today = timezone.localdate()
    agency = Agency.objects.first() or Agency()
    common_ones = {"starts_on": today, "review_on": common.months_later(today, agency.review_months)}
    if earlier is None:
        template = standard.of_edition(edition) if edition else standard.default()
        return common_ones | {
            "template_name": template.label,
            "edition": edition,
            "concern_days": agency.concern_days,
        }
    return common_ones | {
        "number": earlier.number + 1,
        "template_name": earlier.template_name,
        "edition": earlier.edition,
        "minutes_each": earlier.minutes_each,
        "every_days": earlier.every_days,
        "concern_days": earlier.concern_days,
        **_still_named(earlier),
        "cadence_reason": earlier.cadence_reason,
    }


def _still_named(earlier: Agreement) -> dict[str, Any]:
    """Whom the version before names beside its parties, as far as they can still be named."""
    able = set(naming.can_be_named(earlier.arrangement).values_list("pk", flat=True))
    return {
        name: value
        for name in ("turn_to_id", "hears_instead_id")
        if (value := getattr(earlier, name)) in able
    }


# Parts that say a day chosen anew for each version, and parts that name people: what is said there is new.
SAYS_A_NEW_DAY = ("place", "review")
NAMES_PEOPLE = ("parties", "privacy")


def _copied_clauses(
    agreement: Agreement, earlier: Agreement, parties: Sequence[AgreementParty]
) -> list[Clause]:
    """The parts as they were. Those that say the same as in the signed version stay agreed by whoever signed it.

    Where somebody was replaced, the parts speak of who came in their place, and are to be agreed anew.
    """
    people = People(list(earlier.parties.select_related("person")), parties)
    new = SAYS_A_NEW_DAY if people.are_the_same else (*SAYS_A_NEW_DAY, *NAMES_PEOPLE)
    return [
        Clause(
            agreement=agreement,
            key=clause.key,
            position=clause.position,
            title=clause.title,
            required=clause.required,
            text=people.renamed(clause.text),
            kept=earlier.is_sealed and clause.key not in new and not people.speaks_of_leavers(clause.text),
        )
        for clause in earlier.clauses.all()
    ]


class People:
    """Who is named in a text, and who is to be named in the next one."""

    def __init__(self, before: Sequence[AgreementParty], now: Sequence[AgreementParty]) -> None:
        here, there = {one.person_id for one in now}, {one.person_id for one in before}
        self.are_the_same = here == there
        self.left = [one for one in before if one.person_id not in here]
        self.came = [one for one in now if one.person_id not in there]

    def speaks_of_leavers(self, text: str) -> bool:
        return any(_whole(name).search(text) for one in self.left for name in _names(one.person))

    def renamed(self, text: str) -> str:
        """The text with the name of whoever came in the place of somebody who left, in the same part."""
        for one in self.left:
            places = [new for new in self.came if new.part == one.part]
            alone = sum(other.part == one.part for other in self.left) == 1
            if len(places) == 1 and alone:
                for name, new in zip(_names(one.person), _names(places[0].person), strict=True):
                    text = _whole(name).sub(new.replace("\\", r"\\"), text)
        return text


def _names(person: User) -> tuple[str, str]:
    """The longer name first, so that the shorter one does not break it."""
    return person.name, person.called


def _whole(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")


def _template_clauses(agreement: Agreement, parties: Sequence[AgreementParty]) -> list[Clause]:
    led = [one.person for one in parties if one.part not in Participation.LEADING]
    leading = [one.person for one in parties if one.part in Participation.LEADING]
    names = {
        "workers": words.join_names(person.called for person in led),
        "supervisors": words.join_names(person.called for person in leading),
        "line_manager": _line_manager(led),
    }
    shared = agreement.arrangement.structure == Arrangement.Structure.CO_SUPERVISION
    return [
        Clause(
            agreement=agreement,
            key=part.key,
            position=position,
            title=part.title,
            # With two supervisors the agreement says who takes which functions (domain 2; B, table 1).
            required=part.required or (shared and part.key == "parties"),
            text=_with_functions(part, standard.filled(part.text, **names), leading if shared else []),
        )
        for position, part in enumerate(standard.of(agreement).parts)
    ]


def _with_functions(part: standard.Part, text: str, leading: Sequence[User]) -> str:
    if part.key != "parties" or not leading:
        return text
    takes = [
        _("%(name)s takes: %(functions)s") % {"name": person.called, "functions": standard.FUNCTIONS}
        for person in leading
    ]
    return "\n\n".join([*takes, text]).strip()


def _line_manager(led: list[User]) -> str:
    """The one line manager of the people supervised; empty when there is none, or not one for all."""
    ids = {person.line_manager_id for person in led}
    found = (
        User.objects.filter(pk__in=ids, is_active=True).first() if len(ids) == 1 and ids != {None} else None
    )
    return _("%(name)s (line manager)") % {"name": found.name} if found else ""


@transaction.atomic
def update_people(*, agreement: Agreement, by: User) -> Agreement:
    """Name those who take part now, after somebody joined or left while the version was being written.

    The parts that name people read differently then, so what was agreed of them counts no more.
    """
    agreement = common.lock(agreement)
    policy.check_can_edit(by, agreement)
    now: dict[Any, str] = completeness.current_people(agreement)
    if set(now) == set(agreement.parties.values_list("person_id", flat=True)):
        return agreement
    before = list(agreement.parties.select_related("person"))
    agreement.parties.all().delete()
    people = People(before, common.name_parties(agreement))
    for clause in agreement.clauses.all():
        if clause.key in NAMES_PEOPLE or people.speaks_of_leavers(clause.text):
            clause.text = people.renamed(clause.text)
            clause.version += 1
            clause.save(update_fields=["text", "version"])
    common.count_change(agreement)
    audit.record(by, "parties updated", about=agreement, facts={"parties": [str(pk) for pk in now]})
    return agreement
