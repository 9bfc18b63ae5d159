"""What a skill record says and what a link to it shows."""
