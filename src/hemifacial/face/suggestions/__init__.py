"""Suggested grades and signs, computed from findings, events and signals; inputs to none of them."""
