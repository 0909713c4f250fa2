"""When supervision itself is not working: the worker writes to somebody else, never to whoever supervises (D 2.100, 2.141)."""
