"""The secrets: keys, sealing, tokens, people, facts."""
