"""The cast, and Dana and Marisol's session at any stage of its life."""

from tests.cast import cast

__all__ = ["cast"]
