"""The outbox: facts written in the transaction that made them, delivered to the reactions that answer them.

A fact is kept for ever. Each (fact, reaction) pair is one delivery: waiting, delivered or dead. A reaction runs in a
transaction of its own together with the mark that it ran, so it takes effect once however often it is delivered.
"""
