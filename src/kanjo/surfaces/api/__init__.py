"""The API: no route yet; the same verbs will answer here."""
