"""A folder in, a real single-node Kafka or schema registry out: laptops, demo, tests."""
