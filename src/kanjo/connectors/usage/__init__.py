"""Reads a file of what was used: CSV in UTF-8, a heading and one event per line."""
