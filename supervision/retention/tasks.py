"""Once a day: what is over its time is proposed, and what two people approved is carried out."""

from __future__ import annotations

from supervision.jobs import job

from . import operations


@job
def daily() -> None:
    operations.propose_by_rules()
    operations.carry_out_what_is_due()
