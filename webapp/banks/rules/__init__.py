"""What a valid question is and how one answer is marked."""
