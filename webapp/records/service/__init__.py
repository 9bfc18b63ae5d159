"""Making and withdrawing links to records, and taking copies."""
