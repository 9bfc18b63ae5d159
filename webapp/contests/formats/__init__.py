"""Files that contest definitions are made from and written to: plain text and values, no database."""
