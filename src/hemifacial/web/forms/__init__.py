"""Forms made from the types of the facts themselves, and what was typed read back into them."""
