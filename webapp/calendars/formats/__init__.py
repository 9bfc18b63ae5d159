"""Files with a year of holidays."""
