"""Assessments: how somebody sees their own practice, how whoever supervises them sees it, and what the two make of it together."""
