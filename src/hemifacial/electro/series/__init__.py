"""Runs of the lateral spread through an operation, and whether it is still there."""
