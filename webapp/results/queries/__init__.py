"""Reads what the document says."""
