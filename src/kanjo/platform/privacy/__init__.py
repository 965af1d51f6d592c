"""Who looked at whose personal data: written where it is shown, never changed, forgotten after its time."""
