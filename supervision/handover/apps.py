from django.apps import AppConfig


class HandoverConfig(AppConfig):
    name = "supervision.handover"
    label = "handover"
