"""Combined scores, standings and the boards that show them."""
