"""Reading practical tests."""
