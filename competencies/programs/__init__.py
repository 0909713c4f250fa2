"""How a program supports supervision, as its managers, supervisors and peer workers see it, side by side (domain 10; B assessment)."""
