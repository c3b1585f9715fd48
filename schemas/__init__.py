"""The language: what can happen."""
