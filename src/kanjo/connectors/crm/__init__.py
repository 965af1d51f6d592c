"""Reads the export of a CRM: accounts, products, agents and opportunities as typed rows, and every fault with its line.

`reading.read_export` is the door. It knows no database: a row that cannot be taken is quarantined, to be mended
and read again.
"""
