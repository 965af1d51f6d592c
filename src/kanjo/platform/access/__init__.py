"""Access of programs: the tokens that people give them, and the answers they were given."""
