"""Plain Python."""
