"""Rules of receivables: which receipt settles what, how old a debt is, and what may be allocated. All pure."""
