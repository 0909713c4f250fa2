"""The audit packet: supervision of one worker in a period, in dates, hours and signatures, as sealed PDF and open archive (domain 11)."""
