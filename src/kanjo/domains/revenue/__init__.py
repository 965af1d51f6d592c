"""Revenue: what was promised, what was delivered, and how much of the price is earned by a day.

Promise: what is posted always becomes what should have been posted, by the difference; a second run posts nothing.
Nouns: obligation (履行義務), delivery, slice (one month of one obligation's revenue). Neighbours: orders promise,
the ledger takes the entries. Rules: IFRS 15.31-45, ASBJ Statement 29 paras 35-45.
"""
