"""What organisers may do and when; plain Python."""
