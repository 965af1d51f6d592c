"""Approvals: who must agree to a deal, why, and what they answered.

Promise: the path is a pure function of the deal's facts and one activated matrix; a deal that no row answers for is
refused, never waved through; nobody decides on what they made themselves; any discount has a CxO on its path.
Nouns: matrix, row, request, item, decision, condition. Neighbours: quotes ask, a process carries the answer back; it
needs nobody.
"""
