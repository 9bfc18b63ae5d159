"""Taking part: application, review chain, participation, a person's home."""
