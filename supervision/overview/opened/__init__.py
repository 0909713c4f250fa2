"""Who has opened what about a person: the access log, for the person whose records they are (domain 8)."""
