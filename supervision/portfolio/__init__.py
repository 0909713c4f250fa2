"""What belongs to a person and leaves with them: the portfolio, and everything that is held about them (domain 7)."""
