"""Fill in who is asked by the offers that are open."""

from django.db import migrations

AT_ONCE = 500


def fill_in(apps, schema_editor):
    Offer = apps.get_model("records", "Offer")
    OfferParty = apps.get_model("records", "OfferParty")
    OpenParty = apps.get_model("records", "OpenParty")
    offers = list(Offer.objects.filter(closed__isnull=True, seal__isnull=True).values_list("pk", flat=True))
    for begin in range(0, len(offers), AT_ONCE):
        rows = OfferParty.objects.filter(offer__in=offers[begin : begin + AT_ONCE])
        OpenParty.objects.bulk_create(
            OpenParty(offer_id=offer, person_id=person)
            for offer, person in rows.order_by().values_list("offer", "person")
        )


class Migration(migrations.Migration):
    dependencies = [("records", "0009_open_parties")]

    operations = [migrations.RunPython(fill_in, migrations.RunPython.noop)]
