"""Electronic invoices of Japan (JP PINT 1.1.3, UBL 2.1): values, XML in and out, and every rule checked by ourselves.

A document that passes here passes the official rules; where those let pass what the specification forbids, we refuse.
"""
