"""Incentives: plans, crediting and statements per seller and quarter. A room that is kept free: nothing is built yet.

Neighbours: will be told of allocated payments and recognised revenue by processes; nobody reads it.
"""
