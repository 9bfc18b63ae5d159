"""Choosing, confirming, changing by two people, posting."""
