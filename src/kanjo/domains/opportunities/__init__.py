"""Opportunities: deals on their way, from the first look to won or lost.

Nouns: opportunity. A won one is won when its order is booked; what was expected of it stays beside what became of it.
Neighbours: quotes point here; it points to a customer, a product and the person who owns it.
"""
