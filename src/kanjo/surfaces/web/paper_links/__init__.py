"""The door of a link to a paper."""
