"""Stored classifications under another policy: what would have been decided."""
