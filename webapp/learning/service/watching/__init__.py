"""Watching and reading: sessions, beats, what they earn."""
