"""Document numbers, masking and passwords as plain values."""
