"""The papers of billing: what the customer is sent."""
