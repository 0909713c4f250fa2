from django.apps import AppConfig


class NotesConfig(AppConfig):
    """Private notes and the reflective diary: their author's alone (domain 6)."""

    name = "supervision.notes"
    label = "notes"
