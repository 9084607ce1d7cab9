"""The twin: recordings made here, with their truth known, in the formats of real ones."""
