"""Work that happens after the page: PDFs, mail, daily upkeep.

A job is a function marked with `@job` and queued by its dotted path:

    @job
    def make_document(*, seal_id: str) -> None: ...

    enqueue("supervision.records.tasks.make_document", seal_id=seal.pk)

The contract:

- **It belongs to its transaction.** `enqueue` inside `atomic` takes effect when that commits and vanishes when it is
  rolled back.
- **It carries ids only.** Arguments are numbers, truth values, UUIDs and short names; anything that could be words
  is refused with ValueError. The job reads what it needs itself.
- **It may run more than once**, also at the same time as a worker that was thought dead, so it must be idempotent:
  look whether the work is done, do it, and let a unique constraint decide a tie.
- **It is tried `MAX_ATTEMPTS` times**, with growing pauses after an error and at once after its worker was killed. Then it is
  failed, with a plain reason. A job that knows better raises `GiveUp("why")`. The reason must hold no record content.
  `@if_failed("dotted.job")` below `@job` names the job that is then queued, so that nobody waits for what will not come.
- **Nothing it says is stored.** Results are dropped; of an error only its class and the places in the code are kept.

Functions without arguments (plain, or marked as jobs) that `settings.DAILY_JOBS` names by dotted path run once a day,
under the same contract.
`manage.py work` runs it all; see `supervision.jobs.worker`. Tests run what is queued with `Worker().run_until_empty()`.
"""

from .queue import MAX_ATTEMPTS, GiveUp, enqueue, if_failed, job

__all__ = ["MAX_ATTEMPTS", "GiveUp", "enqueue", "if_failed", "job"]
