"""Pages of the selling company."""
