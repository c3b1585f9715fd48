"""The thinking: pure functions from event to event."""
