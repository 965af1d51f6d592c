"""Pages of invoices and billing runs."""
