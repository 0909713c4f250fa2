from django.apps import AppConfig


class PortfolioConfig(AppConfig):
    name = "supervision.portfolio"
    label = "portfolio"
