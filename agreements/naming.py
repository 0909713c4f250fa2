"""Who can be named in an agreement beside its parties: to turn to, and to hear a concern where the line manager can't (D 2.100, 2.118)."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from supervision.people.models import Arrangement, Management, Participation, User, UserQuerySet


def can_be_named(arrangement: Arrangement) -> UserQuerySet:
    """Those who lead something here and take no part in this supervision: line managers, managers of programs, supervisors."""
    leads = Participation.objects.current().filter(person=OuterRef("pk"), part__in=Participation.LEADING)
    manages = Management.objects.current().filter(person=OuterRef("pk"))
    reports = User._base_manager.filter(line_manager=OuterRef("pk"), is_active=True)
    taking = Participation.objects.current().filter(arrangement=arrangement).values("person")
    found: UserQuerySet = User.objects.working().filter(Q(Exists(leads)) | Exists(manages) | Exists(reports))
    return found.exclude(pk__in=taking).order_by("name", "id")
