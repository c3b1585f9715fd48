"""Stored events answered again by today's models: what would be said otherwise."""
