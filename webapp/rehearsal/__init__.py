"""Plays a whole contest with invented people, through the services of the site, on a database of its own."""
