"""How the document is written and read."""
