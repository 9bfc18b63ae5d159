"""Working days in China: holidays and make-up days of each year, shipped and entered by a host."""
