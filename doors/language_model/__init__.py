"""A language model behind an OpenAI-compatible endpoint: its document, its budget, its calls."""
