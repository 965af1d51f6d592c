"""What can be read, by the part of the stream it belongs to."""
