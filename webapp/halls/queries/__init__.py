"""What pages of halls show."""
