from django.apps import AppConfig


class ConcernsConfig(AppConfig):
    """When something can't stay between the two, and when supervision itself is not working (domain 8)."""

    name = "supervision.concerns"
    label = "concerns"
