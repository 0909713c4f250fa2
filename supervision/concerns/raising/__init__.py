"""One concern, from the words of whoever supervises until it has ended. The order of the steps is the whole point."""
