"""What people learn, and the credentials they hold: a log with hours and evidence (domain 7; E formative; D 2.131)."""
