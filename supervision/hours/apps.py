from django.apps import AppConfig


class HoursConfig(AppConfig):
    """Whether supervision meets what is asked for, and hours toward a credential."""

    name = "supervision.hours"
    label = "hours"
