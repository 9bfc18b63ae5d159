"""What is due to whom, how a serial number is made, and what a certificate says."""
