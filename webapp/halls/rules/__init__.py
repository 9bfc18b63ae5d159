"""What holds in a hall: labels, seating, codes. Plain Python."""
