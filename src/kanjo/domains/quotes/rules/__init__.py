"""The rules of an offer: what makes it sound, what it is worth against the list, and how far it may go."""
