"""The story of quote to cash: one hand-over per file. A process asks, translates and calls; it owns no table.

`reactions.py` is the one place that says which process answers which fact.
"""
