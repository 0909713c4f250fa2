from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies: list[tuple[str, str]] = []

    operations = [
        migrations.CreateModel(
            name="DailyRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("day", models.DateField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("name", "day"), name="jobs_once_a_day")],
            },
        ),
        migrations.CreateModel(
            name="Lease",
            fields=[
                ("job_id", models.UUIDField(primary_key=True, serialize=False)),
                ("worker", models.CharField(max_length=64)),
                ("runs_out_at", models.DateTimeField(db_index=True)),
            ],
            options={"db_table": "jobs_lease"},
        ),
    ]
