"""Letters of hours: what a supervisor signs for a credential, worded by the app from facts alone (domain 9)."""
