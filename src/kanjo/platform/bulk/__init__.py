"""Bulk loading: columns into PostgreSQL by COPY, into live tables or into tables that are attached afterwards.

Row-by-row foreign keys and indexes cost more than the rows. A large run therefore loads into stand-alone tables and
settles them at the end: indexes and foreign keys are then built as whole queries, the tables' own checks run once, and
the loaded table becomes a partition. A load that fails leaves nothing. See `docs/decisions/`.
"""
