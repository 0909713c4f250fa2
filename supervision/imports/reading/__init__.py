"""From the bytes of a file to rows of cells. Whatever the bytes are, the answer is rows or a sentence."""

from .files import MAX_BYTES, MAX_ROWS, BadFile, Row, is_small, rows_of

__all__ = ["MAX_BYTES", "MAX_ROWS", "BadFile", "Row", "is_small", "rows_of"]
