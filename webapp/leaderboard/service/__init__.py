"""Writing component scores and standings, and showing them to Redis after the commit."""
