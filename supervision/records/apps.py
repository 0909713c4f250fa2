from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class RecordsConfig(AppConfig):
    """The core: how any record is offered, signed, sealed, encrypted, rendered and audited."""

    name = "supervision.records"
    label = "records"

    def ready(self) -> None:
        # The only signals of the project: SQLite rebuilds tables when it migrates, which drops their triggers.
        from . import checks, triggers  # noqa: F401

        pre_migrate.connect(triggers.before_migrate, dispatch_uid="triggers.before")
        post_migrate.connect(triggers.after_migrate, dispatch_uid="triggers.after")
