"""What an agreement asks of the people it is between: on the home page of who leads, and of who is supported, in the same words.

One task for each arrangement, the most pressing one, and one more for a member of a group who has not signed. Nothing here is
blame: an agreement that waits, or a day that has passed, is said and not counted up.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Mapping, Sequence

from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from supervision.pages import words
from supervision.people.models import User
from supervision.records.models import OfferClosed
from supervision.sessions.standing import met_without_agreement

from . import reviews
from .links import address
from .pieces import Member, Pair, Task
from .signing_queue import REVIEW, Waiting
from .versions import GivenBack, Suggested, Version

GAVE_BACK = {
    OfferClosed.Why.TAKEN_BACK: _("%(name)s took it back."),
    OfferClosed.Why.CHANGE_ASKED: _("%(name)s asked for a change."),
    OfferClosed.Why.DECLINED: _("%(name)s declined to sign."),
}
YOU_GAVE_BACK = {
    OfferClosed.Why.TAKEN_BACK: _("You took it back."),
    OfferClosed.Why.CHANGE_ASKED: _("You asked for a change."),
    OfferClosed.Why.DECLINED: _("You declined to sign."),
}


def tasks_of(
    pairs: Iterable[Pair],
    versions: Mapping[uuid.UUID, Version],
    offers: Sequence[Waiting],
    user: User,
    today: datetime.date,
) -> Iterable[Task]:
    """The tasks of these arrangements. What waits for one's own signature is a task of its own (pieces.signature_task)."""
    mine = {item.arrangement_id for item in offers if item.mine}
    looking = {item.arrangement_id for item in offers if item.label == REVIEW}
    for pair in pairs:
        if not pair.needs_agreement:
            continue
        yield from _to_join(pair, user)
        version = versions.get(pair.id)
        if version is not None and version.open_offer_id:
            if pair.id not in mine:
                yield from _with_others(pair, version)
        elif version is not None:
            yield _being_written(pair, version, user)
        elif pair.has_draft and (pair.leads or not pair.is_group):
            yield _to_be_named(pair)
        elif pair.begins_later:
            continue
        elif not pair.has_agreement:
            yield from _to_start(pair)
        elif pair.unnamed:
            yield _new_people(pair, user)
        elif pair.id not in looking and pair.holds_for(user):
            yield from _to_review(pair, today)


def third_session(pair: Pair | None) -> str:
    """That it is time for an agreement, where it is (domain 3)."""
    return met_without_agreement(pair.held_without) if pair is not None and pair.lacks_agreement else ""


def _kind(pair: Pair, otherwise: str = "") -> str:
    return "wait" if pair.lacks_agreement else otherwise


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


# Writing it ------------------------------------------------------------------------------------------------------


def _to_start(pair: Pair) -> Iterable[Task]:
    """Whoever leads starts it; from the third session on both are reminded, and either may."""
    if not pair.leads and not pair.lacks_agreement:
        return
    if pair.lacks_agreement:
        why = f"{third_session(pair)} {gettext('Each of you can start it.')}"
    else:
        why = _by_third(pair)
    yield Task(
        _midnight(pair.arrangement.started_on),
        gettext("Start an agreement with %(names)s") % {"names": pair.said},
        address("agreements:start", pair.id),
        why,
        gettext("Agreement"),
        _kind(pair),
    )


def _by_third(pair: Pair) -> str:
    if not pair.held_without:
        return gettext("It is meant to be signed by your third session.")
    return gettext("It is meant to be signed by your third session. You have held %(n)s.") % {
        "n": pair.held_without
    }


def _being_written(pair: Pair, version: Version, user: User) -> Task:
    """Answer what is suggested; read why it came back; send it when all of it is agreed; otherwise go on writing."""
    to_answer = version.to_answer(user)
    url, tag, kind = address("agreements:detail", version.pk), gettext("Draft"), ""
    names = {"names": pair.said}
    if to_answer:
        label, why = _to_answer(pair, to_answer)
        url, tag, kind = f"{url}#part-{to_answer[0].number}", gettext("Change suggested"), "info"
    elif version.given_back is not None:
        label, why, tag, kind = _came_back(pair, version.given_back, user)
    elif version.is_agreed:
        label = gettext("Send your agreement with %(names)s to be signed") % names
        why = gettext("Every part is agreed. Once it is sent, each of you reads the whole text and signs.")
        tag = gettext("Agreed")
    elif pair.leads:
        label, why = gettext("Finish the agreement with %(names)s") % names, _until_signed(pair)
    else:
        label = gettext("Read the agreement that you and %(names)s are writing") % names
        why = _who_writes(version, user)
    if version.people_differ:
        why = f"{why} {gettext('Somebody joined or left since it was started, so its names have to be updated.')}"
    why = " ".join(said for said in (why, third_session(pair), _why_new(pair, user)) if said)
    return Task(version.started_at, label, url, why, tag, _kind(pair, kind))


def _to_be_named(pair: Pair) -> Task:
    """Somebody who came while it was being written can't read it, nor start another: the others name them in it."""
    since = pair.standing.agreement_since or pair.arrangement.started_on
    return Task(
        _midnight(since),
        gettext("Ask %(names)s to name you in the agreement") % {"names": pair.said},
        address("agreements:list"),
        " ".join(
            said for said in (gettext("It was started before you took part."), third_session(pair)) if said
        ),
        gettext("Agreement"),
        "wait",
    )


def _to_answer(pair: Pair, suggested: Sequence[Suggested]) -> tuple[str, str]:
    """Label and reason for changes that others suggest: one is named with its part, several are counted."""
    first = suggested[0]
    part = {"number": first.number, "title": first.title}
    if len(suggested) == 1:
        label = gettext("Answer what %(name)s suggests in your agreement") % {"name": first.by_name}
        return label, gettext("It is about part %(number)s, “%(title)s”.") % part
    label = ngettext(
        "Answer %(n)s suggestion in your agreement with %(names)s",
        "Answer %(n)s suggestions in your agreement with %(names)s",
        len(suggested),
    ) % {"n": len(suggested), "names": pair.said}
    return label, gettext("The first is about part %(number)s, “%(title)s”.") % part


def _came_back(pair: Pair, how: GivenBack, user: User) -> tuple[str, str, str, str]:
    """Label, reason, tag and its kind for a version that was on offer: for who gave it back, and for the others."""
    if how.by_id == user.pk:
        label = gettext("Go on with your agreement with %(names)s") % {"names": pair.said}
        why = f"{YOU_GAVE_BACK[OfferClosed.Why(how.why)]} {gettext('It is a draft again.')}"
        return label, why, gettext("Draft"), ""
    label = gettext("Read why your agreement with %(names)s came back") % {"names": pair.said}
    said = str(GAVE_BACK[OfferClosed.Why(how.why)]) % {"name": how.by_name}
    return (
        label,
        f"{said} {gettext('Signatures given before no longer count.')}",
        gettext("Came back"),
        "info",
    )


def _until_signed(pair: Pair) -> str:
    if pair.has_agreement:
        return gettext("The one in force holds until everybody has signed the new one.")
    return "" if pair.lacks_agreement else _by_third(pair)


def _who_writes(version: Version, user: User) -> str:
    if version.started_by_id == user.pk:
        return gettext("You started it. You both write in it until it is sent to be signed.")
    return gettext("You both write in it until it is sent to be signed.")


def _with_others(pair: Pair, version: Version) -> Iterable[Task]:
    """It waits for the signatures of others; worth saying from the third session on."""
    if pair.lacks_agreement:
        yield Task(
            version.started_at,
            gettext("Talk about signing your agreement with %(names)s") % {"names": pair.said},
            address("agreements:detail", version.pk),
            f"{third_session(pair)} {gettext('It waits for the signatures of others.')}",
            gettext("Agreement"),
            "wait",
        )


# In force ---------------------------------------------------------------------------------------------------------


def _to_join(pair: Pair, user: User) -> Iterable[Task]:
    """A group's agreement is in force for each member who has signed it."""
    member = pair.member(user)
    if not pair.is_group or not pair.has_agreement or member is None or member.leads:
        return
    if member.has_signed or member.has_declined:  # who said no is not asked again and again
        return
    yield Task(
        _midnight(pair.standing.agreement_since),
        gettext("Read and sign your group’s agreement"),
        address("agreements:join", pair.standing.agreement_id),
        gettext("It holds for each of you who has signed it. You can also say no, or talk about it first."),
        gettext("Your signature"),
        "wait",
    )


def _new_people(pair: Pair, user: User) -> Task:
    """Somebody came who is not named in it: a new version is asked for."""
    return Task(
        _midnight(pair.standing.agreement_since),
        gettext("Agree on a new version: %(who)s") % {"who": _who_came(pair.unnamed, user)},
        f"{address('agreements:start', pair.id)}?because=people",
        gettext("The agreement in force was signed before that. The new version starts from its text."),
        gettext("Agreement"),
        "wait",
    )


def _why_new(pair: Pair, user: User) -> str:
    """Dana supervises now, so the agreement in force does not fit any more."""
    if not pair.unnamed:
        return ""
    who = _who_came(pair.unnamed, user)
    return gettext("%(who)s, so a new version is needed.") % {"who": f"{who[:1].upper()}{who[1:]}"}


def _who_came(unnamed: Sequence[Member], user: User) -> str:
    """Who supervises now, or who takes part now, without being named in the agreement."""
    leading = [member for member in unnamed if member.leads]
    came = leading or list(unnamed)
    if [member.person.pk for member in came] == [user.pk]:
        return gettext("you supervise now") if leading else gettext("you take part now")
    names = {
        "names": words.join_names(
            gettext("you") if member.person.pk == user.pk else member.person.called for member in came
        )
    }
    if leading:
        return ngettext("%(names)s supervises now", "%(names)s supervise now", len(came)) % names
    return ngettext("%(names)s takes part now", "%(names)s take part now", len(came)) % names


def _to_review(pair: Pair, today: datetime.date) -> Iterable[Task]:
    """From 30 days before the day that they planned to look at it again."""
    next_on = pair.standing.review_on
    if not reviews.is_near(next_on, today):
        return
    yield Task(
        _midnight(next_on),
        gettext("Look at your agreement with %(names)s again") % {"names": pair.said},
        address("agreements:review", pair.standing.agreement_id),
        reviews.said_to_both(pair.said, next_on, today),
        gettext("Review"),
        "wait" if reviews.is_pressing(next_on, today) else "",
    )


def signed_so_far(pair: Pair) -> dict[str, str] | None:
    """How many of a group have signed its agreement in force, for whoever leads it; None when all have."""
    unsigned = [member.person.called for member in pair.members if not member.has_signed and not member.leads]
    if not (pair.leads and pair.is_group and pair.has_agreement and unsigned):
        return None
    counts = {"signed": sum(member.has_signed for member in pair.members), "all": len(pair.members)}
    return {
        "label": gettext("%(names)s, group agreement") % {"names": words.join_names(unsigned)},
        "url": address("agreements:detail", pair.standing.agreement_id),
        "small": gettext("%(signed)s of %(all)s have signed") % counts,
    }
