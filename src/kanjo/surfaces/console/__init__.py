"""The `kanjo` command: translates words and options into one call each, and refusals into sentences."""
