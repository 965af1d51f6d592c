"""Deputies: who stands in for me, and for whom I stand in."""
