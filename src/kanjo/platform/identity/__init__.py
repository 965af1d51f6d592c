"""People: who may come in, with which roles, in which selling companies."""
