"""The door of an invitation."""
