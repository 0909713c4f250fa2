"""Guidance where the work happens (domain 12): prompts beside fields, gentle hints about words, and their sources."""
