"""Billing: what is due of every order line, and the invoices that ask for it.

Promise: what is due = the schedule that should be − the charges that were posted. A second run posts nothing, the quote
shows the same amounts to the yen, and every line tells its days, its fraction and its rounding.

Nouns: plan (how an order line is charged), account (who pays; one worker at a time bills it), charge (one period of a
plan, posted), invoice, credit note. Issued things are copies and are never edited: they are given back by credit notes.
Neighbours: orders bring the lines, receivables take the issued invoices; both through `processes`.
"""
