"""What can be done, by the part of the stream it belongs to; every file lists its acts."""
