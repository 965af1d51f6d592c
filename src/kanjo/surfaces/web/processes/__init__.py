"""Pages about how the house works."""
