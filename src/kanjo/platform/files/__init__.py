"""Files: stored once under their digest, never changed; what is read is checked against the digest."""
