"""Notices: what a person is told, by which way and when. What waits on a queue is told from the worklist itself."""
