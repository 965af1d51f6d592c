"""The arithmetic and guards of billing: pure, on columns."""
