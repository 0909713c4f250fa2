"""What this app keeps. Django looks for it here."""

from .letters.models import HoursLetter

__all__ = ["HoursLetter"]
