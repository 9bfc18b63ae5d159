"""Reading applications of organisers."""
