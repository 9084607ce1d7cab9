"""What else it could be: a ranked list with its trace, never a diagnosis."""
