"""Disclosure that the law or a formal investigation requires: with its basis and exact scope, approved by two, told, handed over once."""
