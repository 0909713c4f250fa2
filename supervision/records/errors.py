"""What can be refused, in words that a person can read. Middleware turns each into its page."""

from __future__ import annotations

import uuid


class DomainError(Exception):
    """A rule of the field says no. The message is shown to the person as it is."""

    status = 400

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = str(message)


class Denied(DomainError):
    """This person may know that the thing exists, but this is not theirs to do (403)."""

    status = 403


class NotFound(DomainError):
    """For this person the thing does not exist (404)."""

    status = 404


class WrongState(DomainError):
    """The record is not in a state that allows this, now (409)."""

    status = 409


class AlreadyDone(WrongState):
    """This very person has done this already, such as with a second press of the same button (409)."""


class Stale(WrongState):
    """Somebody saved in between: nothing was overwritten (409)."""


class Sealed(WrongState):
    """The record is sealed and never changes. A correction is an addendum (409)."""


class Invalid(DomainError):
    """The input cannot be taken; `field` names where, when there is one (422)."""

    status = 422

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class Disposed(DomainError):
    """The record's key was destroyed (410): its words cannot be read. `record_id` names it, for the day and why."""

    status = 410

    def __init__(self, message: str, record_id: uuid.UUID | None = None) -> None:
        super().__init__(message)
        self.record_id = record_id
