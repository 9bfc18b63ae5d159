"""Question banks: files in, review by a second person, immutable versions."""
