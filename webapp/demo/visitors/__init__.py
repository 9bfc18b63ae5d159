"""Invented contestants who use the site as people do: over HTTP, through its pages, at a human pace."""
