"""Customers: who buys. One customer is one legal entity, shared by all selling companies.

Nouns: customer, department (an ordering point of the entity). Equal matching keys suggest a duplicate, they prove none.
Neighbours: everybody points here; it needs nobody.
"""
