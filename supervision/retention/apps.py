from django.apps import AppConfig


class RetentionConfig(AppConfig):
    name = "supervision.retention"
    label = "retention"
