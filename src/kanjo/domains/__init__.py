"""The business: reference (customers, catalog, approvals), the stream as a deal flows, and what stands beside it.

A stage never imports another stage: ids go sideways, values come from a process.
"""
