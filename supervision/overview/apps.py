from django.apps import AppConfig


class OverviewConfig(AppConfig):
    name = "supervision.overview"
    label = "overview"
