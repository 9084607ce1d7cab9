"""Spasm EMG: bursts, their synchrony between muscles, trains, and what they speak for."""
