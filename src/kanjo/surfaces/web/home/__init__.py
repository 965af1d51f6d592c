"""The queue a person starts from, its language and its company."""
