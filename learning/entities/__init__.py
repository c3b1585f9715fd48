"""Texts with marked names, addresses and places -> the entity model that mask runs."""
