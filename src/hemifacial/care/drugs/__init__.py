"""Drugs by mouth: what was taken when, and what has to be checked before and while it is."""
