"""Files that boards are written to. Plain Python."""
