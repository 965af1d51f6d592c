"""The audit trail: who did what, when, before, after and why; append-only, written by triggers, chained by hash."""
