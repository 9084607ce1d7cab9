"""From impulses of facial motor fibres to electrical recordings: motor units, tissue, electrodes.

::

    units = [motor_units("mentalis", Side.RIGHT, diameters_um, seed=1)]
    write_nerve_recording(folder, units, Discharges.of(unit, time_ms), stimuli, setup)
"""

from __future__ import annotations

from hemifacial.twin.nerve.emg.discharges import Discharges
from hemifacial.twin.nerve.emg.leads import (
    Lead,
    Needle,
    Pair,
    belly_nasion,
    belly_tendon,
    concentric_needle,
)
from hemifacial.twin.nerve.emg.motor_units import MotorUnits, motor_units, usual_count
from hemifacial.twin.nerve.emg.recording import WrittenNerveRecording, write_nerve_recording
from hemifacial.twin.nerve.emg.signals import MadeNerveRecording, nerve_signals

__all__ = [
    "Discharges",
    "Lead",
    "MadeNerveRecording",
    "MotorUnits",
    "Needle",
    "Pair",
    "WrittenNerveRecording",
    "belly_nasion",
    "belly_tendon",
    "concentric_needle",
    "motor_units",
    "nerve_signals",
    "usual_count",
    "write_nerve_recording",
]
