"""A person's own API tokens."""
