"""The worklist: what waits for whom, since when, why it came, by when. Every function's queue reads it."""
