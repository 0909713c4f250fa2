from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "supervision.demo"
    label = "demo"
