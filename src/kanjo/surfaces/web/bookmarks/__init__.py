"""Kept views of lists."""
