"""Decisions with their chances, and what became of them: what another policy would have given."""
