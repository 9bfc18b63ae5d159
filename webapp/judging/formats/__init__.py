"""Files of practical tests."""
