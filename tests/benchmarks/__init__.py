"""How fast Common Hour is with the records of a big agency. Run by hand with `bin/bench`; docs/benchmarks.md tells how to read it."""
