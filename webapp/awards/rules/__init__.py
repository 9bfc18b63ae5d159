"""What somebody has won, as pure functions over the final list."""
