"""Changing applications of organisers."""
