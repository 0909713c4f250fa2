"""Bringing in what an agency has already: people, programs, arrangements, credentials, sessions from before. From CSV or XLSX.

A file is looked at first, and says every problem by row and column; then all of it is made, or nothing. The same file again changes
nothing. What is here and says something else is told, never overwritten.
"""
