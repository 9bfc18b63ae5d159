"""Workbooks that bring organisations, people and roles."""
