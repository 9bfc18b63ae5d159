"""Campaigns of contest files with what units did in them, as pages show them."""
