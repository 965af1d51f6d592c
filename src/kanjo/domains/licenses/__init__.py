"""Licenses: what a customer may use, how much of it and how long, as granted by its orders.

Nouns: grant, position, end of use. A grant is never changed; the position of a customer is the sum of its grants on a
day. That a use has ended is confirmed once for each contract.
Neighbours: comes after orders; Sales Operations and the license audits read the position.
"""
