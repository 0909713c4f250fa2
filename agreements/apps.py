from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    """Supervision agreements that both parties write and sign (domain 3)."""

    name = "agreements"
    label = "agreements"
