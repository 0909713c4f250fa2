"""Anonymous rounds, in which the workers that somebody supervises say how they see the supervision they get (domain 10, decision 16)."""
