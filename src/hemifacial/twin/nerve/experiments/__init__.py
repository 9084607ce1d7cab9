"""The experiments on the nerve, each one word."""
