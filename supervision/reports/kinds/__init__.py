"""Each kind of report is one module: from a report to what it is made of (`made.py`)."""
