from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """People, programs and supervision arrangements: who, with whom, where."""

    name = "supervision.people"
    label = "people"
