"""Hours against what is expected, and toward a credential: facts of sessions, agreements and credentials, measured (domain 9)."""
