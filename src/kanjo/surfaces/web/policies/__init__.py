"""Billing policies: the list of versions, their definition, their choice."""
