"""What a person's job is, in versions, and whether they have read it."""
