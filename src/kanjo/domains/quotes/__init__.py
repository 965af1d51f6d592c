"""Quotes: what is offered to a customer, version by version, at which price and until when.

Promise: a version never changes; what was approved, sent and accepted is the same terms by digest. A change is a new
version and asks again.
Nouns: quote, version, line, sending. Neighbours: reads customers, catalog and approvals; hands an accepted offer to
the process that concludes the contract.
"""
