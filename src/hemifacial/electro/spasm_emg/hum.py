"""Hum of the mains, estimated where the muscle is quiet, and taken off."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["without_hum"]

Floats = NDArray[np.float64]
Complex = NDArray[np.complex128]

_MAINS_HZ = (50.0, 60.0)
_HARMONICS = 6
_SHARED_HZ = 300.0
_BLOCK_S = 0.2  # Whole turns of 50 and of 60 Hz.
_QUIET_SHARE = 0.35
_LEAST_BLOCKS = 5
_OFFSETS_HZ = np.linspace(-0.3, 0.3, 121)


def without_hum(values: Floats, rate_hz: float) -> Floats:
    """The same without 50 or 60 Hz and their harmonics, whichever are there.

    Parameters
    ----------
    values
        Some seconds of one channel.

    Notes
    -----
    The amplitude of each sine is the median over the quieter third of blocks of 0.2 s, so that a
    burst, or an A-train at twice the mains frequency, leaves it as it is. What is not clearly
    there (below twice its own uncertainty) is left alone: nothing is notched out.
    """
    block = round(_BLOCK_S * rate_hz)
    count = values.size // block
    if count < _LEAST_BLOCKS or abs(block / rate_hz - _BLOCK_S) * max(_MAINS_HZ) > 0.01:
        return values
    blocks = values[: count * block].reshape(count, block)
    level = blocks.std(axis=1)
    quiet = level <= np.quantile(level, _QUIET_SHARE)
    flat = _without_slope(blocks)
    orders = np.arange(1, _HARMONICS + 1)
    hum = np.zeros_like(values)
    for mains_hz in _MAINS_HZ:
        # 300 Hz is a harmonic of both: it is taken once.
        own = orders[orders * mains_hz < 0.45 * rate_hz]
        own = own[own * mains_hz != _SHARED_HZ] if mains_hz == _MAINS_HZ[1] else own
        turn = np.exp(-2j * np.pi * np.outer(np.arange(block) / rate_hz, own * mains_hz))
        found = np.asarray(flat @ turn / block, dtype=np.complex128)
        strongest = int(np.median(np.abs(found[quiet]), axis=0).argmax())
        offset_hz = _offset_hz(found[:, strongest], int(own[strongest]), quiet)
        for order, amplitudes in zip(own.tolist(), found.T, strict=True):
            size = _size(amplitudes, order * offset_hz, quiet)
            if size:
                angle = 2 * np.pi * order * (mains_hz + offset_hz) / rate_hz
                hum += 2 * (size * np.exp(1j * angle * np.arange(values.size))).real
    return np.asarray(values - hum)


def _without_slope(blocks: Floats) -> Floats:
    """Each block without its straight line, which has a part at every frequency."""
    middle = np.linspace(-1, 1, blocks.shape[1])
    slope = (blocks @ middle) / (middle @ middle)
    return np.asarray(blocks - blocks.mean(axis=1, keepdims=True) - slope[:, None] * middle)


def _offset_hz(found: Complex, order: int, quiet: NDArray[np.bool_]) -> float:
    """By how much the mains is off: what best brings together the phases of one harmonic."""
    size = np.abs(found[quiet])
    # A block that is louder than the rest counts no more than they do.
    weighed = found[quiet] / np.maximum(size, max(float(np.median(size)), 1e-30))
    begins_s = _BLOCK_S * np.flatnonzero(quiet)
    turns = np.exp(-2j * np.pi * order * _OFFSETS_HZ[:, None] * begins_s[None, :])
    return float(_OFFSETS_HZ[np.abs(turns @ weighed).argmax()])


def _size(found: Complex, offset_hz: float, quiet: NDArray[np.bool_]) -> complex:
    """The complex amplitude at the start of a sine that is off by so much; 0 if it is not there."""
    begins_s = _BLOCK_S * np.flatnonzero(quiet)
    # Within a block the sine turns on as well: its middle is half a block later, and it is smaller.
    within = np.sinc(offset_hz * _BLOCK_S) * np.exp(1j * np.pi * offset_hz * _BLOCK_S)
    turned = found[quiet] * np.exp(-2j * np.pi * offset_hz * begins_s) / within
    size = complex(np.median(turned.real), np.median(turned.imag))
    spread = np.median(np.abs(turned - size)) / math.sqrt(turned.size)
    return size if abs(size) > 2 * spread else 0j
