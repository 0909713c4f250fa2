"""Observations: a look at a worker's practice that two people agree on beforehand, with a record of its own (D 2.120)."""
