from django.apps import AppConfig


class CompetenciesConfig(AppConfig):
    """How people grow in their work: professional development goals (domain 7, 10)."""

    name = "competencies"
    label = "competencies"
