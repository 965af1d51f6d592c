"""Pages of receivables, receipts and bank files."""
