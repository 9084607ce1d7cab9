"""What one pass over the frames leaves behind: rows of numbers, the skin against a reference."""
