from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "supervision.pages"
    label = "pages"
