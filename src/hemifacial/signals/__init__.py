"""Signal mathematics that the wings share: resting levels, noise floors, excursions."""
