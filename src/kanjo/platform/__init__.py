"""Plumbing without sales words: what any house of record needs, whatever it sells."""
