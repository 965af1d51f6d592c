"""People: who comes in, with which roles, and how somebody joins and leaves."""
