"""Orders: what was ordered, line by line, as a copy of what was agreed, and what the customer accepted of it.

Nouns: order, order line, acceptance. A line is never changed; its acceptance is a row of its own.
Neighbours: comes after contracts; billing, revenue and licenses trace to the order line.
"""
