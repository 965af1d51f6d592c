"""Bookmarks: the views of a list that people keep by name, for themselves or for their colleagues."""
