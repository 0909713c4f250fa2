"""Performance notes, plans, their results, and recognition: records apart from those of sessions."""
