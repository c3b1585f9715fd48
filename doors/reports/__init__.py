"""What reports print for people; commands import them when they run."""
