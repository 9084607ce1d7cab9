"""How long the effect of a session lasts: a hierarchical model over patients and cycles."""
