"""Concerns that reach a limit of confidentiality, in their order (D 2.118), and letters to whom the agreement names (D 2.100)."""
