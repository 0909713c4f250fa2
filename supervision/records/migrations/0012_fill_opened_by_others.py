"""Fill in which records were opened by others than their parties (records/opened_by_others.py, as it was when this was written)."""

from django.db import migrations

AT_ONCE = 500
OF_PARTIES = (
    "party",
    "shared with them",
    "written to them",
    "about their supervision",
    "own job",
    "owner",
    "writer",
    "asked",
    "asked for it",
)


def fill_in(apps, schema_editor):
    Opening = apps.get_model("records", "Opening")
    OfferParty = apps.get_model("records", "OfferParty")
    OpenedByOthers = apps.get_model("records", "OpenedByOthers")
    opened = Opening.objects.exclude(why__in=OF_PARTIES).order_by()
    records = list(opened.values_list("record_id", flat=True).distinct())
    for begin in range(0, len(records), AT_ONCE):
        parties = OfferParty.objects.filter(offer__record_id__in=records[begin : begin + AT_ONCE]).order_by()
        OpenedByOthers.objects.bulk_create(
            OpenedByOthers(person_id=person, record_id=record)
            for person, record in parties.values_list("person_id", "offer__record_id").distinct()
        )


class Migration(migrations.Migration):
    dependencies = [("records", "0011_opened_by_others")]

    operations = [migrations.RunPython(fill_in, migrations.RunPython.noop)]
