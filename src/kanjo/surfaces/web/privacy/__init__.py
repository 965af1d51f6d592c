"""Pages about personal data: who looked, and the reason for looking."""
