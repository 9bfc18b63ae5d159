"""Keeping it running: health, doctor, backup and restore."""
