"""How long the agency keeps what was written, and what stops it from being removed: rules, lists that two people approve, holds."""
