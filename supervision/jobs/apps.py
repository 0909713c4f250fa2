from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "supervision.jobs"
    label = "jobs"
    verbose_name = "Background jobs"
