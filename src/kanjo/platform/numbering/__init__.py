"""Document numbers: one locked counter per company, kind and year; without gap, without double, in blocks."""
