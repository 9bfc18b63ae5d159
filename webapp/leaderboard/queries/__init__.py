"""Reading boards: the order (Redis, else SQL), rows, one's own place."""
