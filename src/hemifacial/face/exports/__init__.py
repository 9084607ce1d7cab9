"""Recordings made from a measured one: with what was found drawn on, or without its pictures."""
