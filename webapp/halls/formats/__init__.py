"""Workbooks of halls."""
