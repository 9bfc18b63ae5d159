"""What markers, chief judges and hosts see."""
