"""What all reports share: one look, one way to write numbers, a new folder to write into."""
