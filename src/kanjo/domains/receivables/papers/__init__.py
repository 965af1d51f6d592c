"""The papers of receivables."""
