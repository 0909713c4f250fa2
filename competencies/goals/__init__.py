"""Professional development goals: their owner's own, until they share one (domain 7 and 10)."""
