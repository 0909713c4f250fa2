"""The demo agency: lifelike people and records, made through the same operations that people use.

`manage.py demo` makes it in an empty database. `make` and `sign_ins` in `making.py` are what others use.
"""
