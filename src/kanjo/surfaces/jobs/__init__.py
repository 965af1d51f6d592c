"""Queued and scheduled entries: each opens what it needs and calls one process. Jobs are chunks, not lines."""
