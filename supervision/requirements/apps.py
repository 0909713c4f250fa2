from django.apps import AppConfig


class RequirementsConfig(AppConfig):
    """What is expected of supervision: sets of rules in versions, and where they apply since when."""

    name = "supervision.requirements"
    label = "requirements"
