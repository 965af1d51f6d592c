"""Pages of licenses."""
