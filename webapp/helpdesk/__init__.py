"""Finding a stuck person and helping without seeing answers."""
