"""What people do in practical tests."""
