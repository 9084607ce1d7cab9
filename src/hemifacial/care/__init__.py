"""Treatments as facts, and what follows from them: checks, estimates, rankings, scores."""
