"""Brainstem auditory evoked potentials: waves I, III and V, and what becomes of them."""
