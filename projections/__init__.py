"""The memory: read models, rebuilt at will."""
