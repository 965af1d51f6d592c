"""The ledger: double entry, append-only, balanced by the database, with accounting periods that lock.

An amount is signed: debit positive, credit negative. An entry and its postings are each written in one statement; the
database refuses an entry that does not sum to zero, and one whose day lies in a period that is locked or not open.
"""
