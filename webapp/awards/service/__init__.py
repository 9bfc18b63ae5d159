"""Deriving award lists and deciding them."""
