"""Counting working days; plain Python."""
