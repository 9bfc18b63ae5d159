"""What the document calls things; plain Python."""
