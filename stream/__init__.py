"""The plumbing: the only room that knows Kafka."""
