"""Spasm EMG on the page: a raster of bursts, a stretch of traces, a cross-correlogram."""
