"""Kanjo, the sales middle office: one engine from the quote to cash and revenue."""
