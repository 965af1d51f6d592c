"""The queue, in the same PostgreSQL (Procrastinate): a job is enqueued in the transaction that causes it.

Entries live in `surfaces.jobs`; here is what the queue itself does not do: find the jobs whose worker is gone.
"""
