"""Hemifacial: measurement, follow-up and simulation of hemifacial spasm. Research use only."""

__all__ = ["__version__"]

__version__ = "0.1.0"
