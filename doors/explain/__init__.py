"""A ticket's id -> how it came to what was decided, from the log."""
