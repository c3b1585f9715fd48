"""A person's rights: addresses in; what is held of them found, handed out, or destroyed."""
