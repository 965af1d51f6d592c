"""Pages of what follows by itself."""
