"""Courses and drills as plain values."""
