from django.apps import AppConfig


class CompetenciesConfig(AppConfig):
    """How people grow in their work: goals, and frameworks of competencies (domain 7, 10)."""

    name = "competencies"
    label = "competencies"
