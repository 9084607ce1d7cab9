"""The report of an experiment on the simulated nerve."""
