"""Webhooks: facts told to programs outside, signed by the Standard Webhooks convention.

An endpoint is an address of one selling company that hears certain kinds of fact. A fact written down by an act waits
to be sent from that transaction on (`hear.sql`); facts that a run loaded by columns are taken up by a job once the run
is settled. A sending goes out at least once, under one id however often it is tried, less and less often; then it is
given up, and work for an administrator.
"""
