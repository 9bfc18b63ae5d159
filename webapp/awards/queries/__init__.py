"""Reading final standings and award lists."""
