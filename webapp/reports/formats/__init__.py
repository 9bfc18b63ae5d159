"""Files that reports write and read."""
