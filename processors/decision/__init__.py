"""Columns of classified tickets and a policy -> decisions, all rows at once."""
