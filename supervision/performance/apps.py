from django.apps import AppConfig


class PerformanceConfig(AppConfig):
    """Job descriptions, and what is written about somebody's work: apart from the records of sessions (domain 4)."""

    name = "supervision.performance"
    label = "performance"
