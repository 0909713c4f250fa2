"""Taking something up: two people agree a text about a barrier or an improvement, and a manager answers it."""
