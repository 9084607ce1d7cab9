"""Scales as structures with scoring, a diary, and what is told to patients and colleagues."""
