"""Counts and times: tables of two by two, named tests, interval-censored life tables."""
