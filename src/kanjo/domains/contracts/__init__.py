"""Contracts: what was agreed and signed, frozen from the moment it is concluded, and how it ends.

Nouns: contract, ending. Whoever changes a term makes a new document; an ending is a row of its own.
Neighbours: comes after quotes and approvals, before orders; read by renewals (through processes) and by reports.
"""
