"""Webhooks: who outside hears what, and how it got there."""
