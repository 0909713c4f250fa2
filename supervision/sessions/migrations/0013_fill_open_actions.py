"""Fill in which actions are neither done nor let go of."""

from django.db import migrations
from django.db.models import OuterRef, Subquery

AT_ONCE = 500


def fill_in(apps, schema_editor):
    Action = apps.get_model("supervision_sessions", "Action")
    ActionEvent = apps.get_model("supervision_sessions", "ActionEvent")
    OpenAction = apps.get_model("supervision_sessions", "OpenAction")
    newest = ActionEvent.objects.filter(action=OuterRef("pk")).order_by("-at", "-id")
    actions = Action.objects.order_by().annotate(last=Subquery(newest.values("kind")[:1]))
    columns = actions.values_list("pk", "arrangement", "owner", "last")
    found = [one[:3] for one in columns.iterator(chunk_size=2000) if one[3] not in ("done", "dropped")]
    for begin in range(0, len(found), AT_ONCE):
        OpenAction.objects.bulk_create(
            OpenAction(action_id=action, arrangement_id=arrangement, owner_id=owner)
            for action, arrangement, owner in found[begin : begin + AT_ONCE]
        )


class Migration(migrations.Migration):
    dependencies = [("supervision_sessions", "0012_open_actions")]

    operations = [migrations.RunPython(fill_in, migrations.RunPython.noop)]
