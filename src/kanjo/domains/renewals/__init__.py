"""Renewals: contracts that come to their end, each put before somebody in time, and what became of it.

Nouns: renewal, outcome. A renewal appears once per contract and term end.
Neighbours: told of ending contracts by a process; a renewal that is won becomes a new quote and contract.
"""
