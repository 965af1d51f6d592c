"""Reads a bank's file of receipts, whole or not at all, in our own plain form or as a Zengin 振込入金通知.

`reading.read_bank_file` is the door; `plain.write_statement` and `zengin.write_notice` write the two forms.
"""
