from django.apps import AppConfig


class SessionsConfig(AppConfig):
    """Supervision sessions: planned, held, recorded, signed (domain 4)."""

    name = "supervision.sessions"
    label = "supervision_sessions"
