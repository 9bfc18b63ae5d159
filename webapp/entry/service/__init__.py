"""What entry does."""
