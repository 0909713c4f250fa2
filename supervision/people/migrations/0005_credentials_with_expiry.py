import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import supervision.records.encryption
from supervision.records import encryption


def encrypt_numbers(apps, schema_editor):
    """The numbers that were kept in the clear, each with a key of its own."""
    for row in apps.get_model("people", "Credential").objects.exclude(plain_number=""):
        row.__dict__["_data_key"] = encryption.data_key(row.pk, make=True)
        row.number, row.plain_number = row.plain_number, ""  # nor is it left behind in the old column
        row.save(update_fields=["number", "plain_number"])


def decrypt_numbers(apps, schema_editor):
    for row in apps.get_model("people", "Credential").objects.all():
        if not row.__dict__["number"]:
            continue
        row.__dict__["_data_key"] = encryption.data_key(row.pk)
        row.plain_number = row.number
        row.save(update_fields=["plain_number"])


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0004_calendar_feed'),
        ('records', '0005_no_statement_digest'),
    ]

    operations = [
        migrations.RenameField(model_name='credential', old_name='number', new_name='plain_number'),
        migrations.AddField(
            model_name='credential',
            name='number',
            field=supervision.records.encryption.EncryptedText(blank=True, default=bytes),
        ),
        migrations.RunPython(encrypt_numbers, decrypt_numbers),
        migrations.RemoveField(model_name='credential', name='plain_number'),
        migrations.AddField(
            model_name='credential',
            name='is_own',
            field=models.BooleanField(default=False, help_text='Kept by the person, and not by administrators.'),
        ),
        migrations.AddField(
            model_name='credential',
            name='listed_at',
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AddField(
            model_name='credential',
            name='renews',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='renewed_as', to='people.credential'),
        ),
        migrations.AddField(
            model_name='credential',
            name='let_go_on',
            field=models.DateField(blank=True, help_text='Since when they do not renew it.', null=True),
        ),
        migrations.AddField(
            model_name='credential',
            name='told_for',
            field=models.DateField(blank=True, help_text='The last expiry that they were told of.', null=True),
        ),
        migrations.AddField(
            model_name='credential',
            name='version',
            field=models.PositiveIntegerField(default=1),
        ),
    ]
