from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "supervision.imports"
    label = "imports"
    verbose_name = "Imports"
