from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """What waits for a person: suggestions for the next agenda, and the e-mails that say “something waits”."""

    name = "supervision.notices"
    label = "notices"
