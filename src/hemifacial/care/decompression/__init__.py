"""Microvascular decompression: before it, its course, what came of it, and when to judge it."""
