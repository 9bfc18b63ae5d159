"""Workbooks that go in and out."""
