"""Pages about duties that are kept apart."""
