"""Sessions from before the agency came here: log facts that were brought in, signed by nobody."""
