"""Planning: forecast, S&OP, territories and quotas. A room that is kept free: nothing is built here yet.

Neighbours: will read opportunities, orders and revenue through `reports`; nobody reads it.
"""
