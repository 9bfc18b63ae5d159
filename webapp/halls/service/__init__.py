"""What people do with halls."""
