"""Receivables: what customers owe, what arrived at the bank, and which of the one settles which of the other.

Promise: an amount is never allocated twice nor above what arrived or what is owed, whoever allocates at the same time;
what a rule cannot decide without doubt waits for a person. Nouns: open item (売掛金), bank file, receipt (入金),
allocation (入金消込). Neighbours: billing issues what becomes an open item; the ledger takes the entries.
"""
