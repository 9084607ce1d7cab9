"""The twin of the electrical examination: recordings made here, with their truth known."""
