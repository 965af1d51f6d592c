"""The papers of a quote: what the customer is sent."""
