"""Rules of entry. Plain Python."""
