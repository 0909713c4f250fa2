"""What the web process, the PDF child and the sealing share. Imports neither Django nor the PDF library."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from supervision.records.errors import DomainError

PAGE_SIZES = ("Letter", "A4")
# Name of the empty signature field, and the id of the element that it covers.
SEAL_FIELD = "Seal"
SEAL_ANCHOR = "seal"

_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


class RenderFailed(DomainError):
    """A record could not be turned into a PDF. The message is plain and quotes nothing of the record."""

    status = 500


@dataclass(frozen=True)
class Attachment:
    """A file carried inside the PDF as the source of what it shows: its name, bytes, what it is, when it was made."""

    name: str
    bytes: bytes
    description: str
    created: datetime


def spoken_day(moment: datetime, zone: str) -> str:
    """Thursday, November 19, 2026: the day in a zone (an IANA name)."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{_DAYS[local.weekday()]}, {_MONTHS[local.month - 1]} {local.day}, {local.year}"


def spoken_time(moment: datetime, zone: str) -> str:
    """Thursday, November 19, 2026, 9:20 am EST: a moment as printed beside a signature, in the signer's zone.

    English on purpose and free of the server's locale: a sealed file must come out the same on every machine.
    """
    local = moment.astimezone(ZoneInfo(zone))
    clock = f"{local.hour % 12 or 12}:{local.minute:02d} {'am' if local.hour < 12 else 'pm'}"
    short = local.tzname() or zone
    offset = f"UTC{short}" if short[0] in "+-" else short  # many zones have a number for a name
    return f"{spoken_day(moment, zone)}, {clock} {offset}"


def utc_time(moment: datetime) -> str:
    """2026-11-19 14:20:05 UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
