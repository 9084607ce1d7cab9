"""What ``hemifacial batch`` does: many recordings of a manifest into one tidy table.

A recording is measured in a process of its own; one that cannot be measured does not stop the
rest. What stands already, of the same file, version and parameters, is kept.
"""
