"""Suggested grades and signs: computed from signals and events, inputs to neither."""
