"""Catalog: what can be sold, at which list price, under which tax class, and how it is charged and recognised.

Nouns: product, list price, tax rate. Prices and rates are effective-dated and never overwritten.
Neighbours: everybody reads it; it needs nobody.
"""
