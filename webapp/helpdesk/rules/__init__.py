"""Rules of the help desk. Plain Python."""
