"""Claims, marks and decisions."""
