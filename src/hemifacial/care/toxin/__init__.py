"""Botulinum toxin: sessions and responses as facts, checks, the map of the face, wearing off."""
