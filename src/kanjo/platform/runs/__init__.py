"""Runs: work on many things as a document. Previewed, approved, executed in shards, reported, reversed.

A shard is one transaction with the key (run, shard): a run can be killed anywhere and started again, by one worker or
by many, and makes nothing twice. What fails for one subject becomes a work item and stops nobody else.
"""
