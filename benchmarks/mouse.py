"""M wave and H reflex of a mouse, read by the program's own functions and once more by hand.

Each sweep is one stimulus, with 1 ms before it; the program's own study of lateral spreads wants
3 ms and more, so that its functions are called one by one: `cut`, `conditioned`, `average`,
`direct_response`, `recruitment`. The time windows are those of a mouse, as a laboratory would state
them in a table of its own for `--criteria`. By hand is a few lines of numpy on the numbers of the
file. Nothing was fitted: windows were read off the drawn sweeps.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.averages import average
from hemifacial.electro.conditioning import conditioned, conditioning_of
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.direct import DirectResponse, direct_response
from hemifacial.electro.lateral_spread.cells import Cell
from hemifacial.electro.lateral_spread.details import recruitment
from hemifacial.electro.noise import left_uv
from hemifacial.electro.stimuli import stimuli_of
from hemifacial.electro.study import EvokedStudy, cut
from hemifacial.formats.recording import open_recording
from hemifacial.formats.recording_table import TableMapping
from hemifacial.formats.trigger_names import read_trigger_names, with_stimuli

__all__ = ["Recruitment", "by_hand", "ours"]

Floats = NDArray[np.float64]

MAPPING = TableMapping(
    time_column="time_point",
    time_unit="ms",
    part_by="recording_index",
    mark_columns=("stimulus_V",),
    columns=(("amplitude_mV", "EMG", "mV"),),
)
# The stimulator states volts: they stand where a current in mA would. A sciatic nerve is no branch
# of the facial nerve; the word only says which stimuli belong together.
TRIGGERS = "trigger,branch,side,intensity_ma\nstimulus_V={mA},zygomatic_branch,right,\n"

M_MS, M_WHOLE_MS = (0.5, 1.9), (0.5, 4.5)
H_MS = (1.7, 4.5)
LATE_MS = (3.4, 4.8)  # the peak of H, where the M wave has ended but for its tail
BEFORE = 9  # samples before the stimulus: -1.0 to -0.2 ms
STRONG_V = 0.75  # from here on the M wave no longer grows
WEAK_V = (0.4, 0.47)  # H is large, M is small


@dataclass(frozen=True, kw_only=True, eq=False)
class Recruitment:
    """What the eighty sweeps show; amplitudes from peak to peak, in µV, by voltage.

    `m_uv` and `late_uv` are those of the M wave and of the peak of H; `has_peak` says where H has
    a peak of its own, not only the end of the M wave; `m_share` is the size of each M wave, as
    what stands in a sweep of the wave of the strongest.
    """

    volts: Floats
    noise_uv: float
    m_uv: Floats
    late_uv: Floats
    has_peak: NDArray[np.bool_]
    m_share: Floats
    m_max_uv: float
    m_onset_ms: float
    h_onset_ms: float

    def from_v(self, sizes_uv: Floats, least_uv: float) -> float:
        """The weakest stimulus from which on a response stays larger, until it is largest."""
        rising = sizes_uv[: int(np.argmax(sizes_uv)) + 1] <= least_uv
        return float(self.volts[int(np.flatnonzero(rising)[-1]) + 1])

    @property
    def m_half_v(self) -> float:
        """The stimulus from which on the M wave is more than half its largest."""
        return self.from_v(self.m_uv, 0.5 * float(self.m_uv.max()))

    @property
    def h_half_v(self) -> float:
        """The same of H."""
        return self.from_v(self.late_uv, 0.5 * float(self.late_uv.max()))

    @property
    def h_top_v(self) -> float:
        """The stimulus of the largest H."""
        return float(self.volts[int(np.argmax(self.late_uv))])

    @property
    def h_left_share(self) -> float:
        """What is left in the window of H at the strongest stimuli, the tail of M, over its top."""
        return float(self.late_uv[self.volts >= STRONG_V].mean() / self.late_uv.max())

    @property
    def h_last_v(self) -> float:
        """The strongest stimulus at which H has a peak of its own."""
        return float(self.volts[self.has_peak].max())

    @property
    def m_variation(self) -> float:
        """Coefficient of variation of the M wave at the strongest stimuli."""
        strong = self.m_uv[self.volts >= STRONG_V]
        return float(strong.std(ddof=1) / strong.mean())


def ours(path: Path) -> Recruitment:
    """By the functions of the program, from the file on."""
    with TemporaryDirectory() as folder:
        triggers = Path(folder) / "triggers.csv"
        triggers.write_text(TRIGGERS, encoding="utf-8")
        names = read_trigger_names(triggers)
        recording = with_stimuli(open_recording(path, mapping=MAPPING), names)
        early, whole = _criteria(Path(folder), M_MS, 1.6), _criteria(Path(folder), M_WHOLE_MS, 1.6)
        reflex, late = _criteria(Path(folder), H_MS, 3.0), _criteria(Path(folder), LATE_MS, 4.5)
    study = cut(recording, stimuli_of(recording), [0], before_ms=1.0, after_ms=6.9)
    ready, _ = conditioned(study, conditioning_of(early))
    volts = np.array([one.intensity_ma or 0.0 for one in study.stimuli])
    rest = study.sweeps_uv[:, 0, :BEFORE]
    noise_uv = left_uv(rest - rest.mean(axis=1, keepdims=True), np.ones(1))
    latency_ms, sweeps = ready.latency_ms, ready.sweeps_uv[:, 0]
    strong = average(sweeps[volts >= STRONG_V], noise_part=slice(0, BEFORE))
    m_max = direct_response(latency_ms, strong.mean_uv, strong.noise_uv, whole)
    m_waves = [direct_response(latency_ms, one, noise_uv, early) for one in sweeps]
    h_waves = [direct_response(latency_ms, one, noise_uv, reflex) for one in sweeps]
    late_waves = [direct_response(latency_ms, one, noise_uv, late) for one in sweeps]
    weak = (volts >= WEAK_V[0]) & (volts <= WEAK_V[1])
    grown = recruitment(_cells(ready, m_waves))
    return Recruitment(
        volts=volts,
        noise_uv=noise_uv,
        m_uv=np.array([one.amplitude_uv for one in m_waves]),
        late_uv=np.array([one.amplitude_uv for one in late_waves]),
        has_peak=_has_peak(latency_ms, sweeps, noise_uv),
        m_share=np.array([one.share for one in grown]),
        m_max_uv=m_max.amplitude_uv,
        m_onset_ms=m_max.onset_ms or np.nan,
        h_onset_ms=float(np.median([h_waves[i].onset_ms or np.nan for i in np.flatnonzero(weak)])),
    )


def by_hand(path: Path) -> Recruitment:
    """From the numbers of the file: largest less smallest in a window, and crossings of 10 %."""
    table = np.genfromtxt(path, delimiter=",", skip_header=1).reshape(80, 80, 5)
    latency_ms, volts = np.round(table[0, :, 3], 3), table[:, 0, 2]
    uv = 1000 * table[:, :, 4]
    uv = uv - uv[:, :BEFORE].mean(axis=1, keepdims=True)

    def within(window: tuple[float, float]) -> NDArray[np.bool_]:
        return np.asarray((latency_ms >= window[0]) & (latency_ms <= window[1]))

    strong = uv[volts >= STRONG_V].mean(axis=0)
    early = within(M_MS)
    weak = uv[(volts >= WEAK_V[0]) & (volts <= WEAK_V[1])]
    noise_uv = float(np.sqrt(uv[:, :BEFORE].var(axis=1).mean()))
    last = uv[-1, within((1.3, M_MS[1]))]
    return Recruitment(
        volts=volts,
        noise_uv=noise_uv,
        m_uv=np.ptp(uv[:, early], axis=1),
        late_uv=np.ptp(uv[:, within(LATE_MS)], axis=1),
        has_peak=_has_peak(latency_ms, uv, noise_uv),
        m_share=uv[:, within((1.3, M_MS[1]))] @ last / (last @ last),
        m_max_uv=float(np.ptp(strong[within(M_WHOLE_MS)])),
        m_onset_ms=_trough_begins_ms(latency_ms, strong, (0.7, 2.3), 0.0),
        h_onset_ms=float(
            np.median(
                [
                    _trough_begins_ms(
                        latency_ms, one, (1.7, 3.4), float(one[within((1.7, 2.0))].mean())
                    )
                    for one in weak
                ]
            )
        ),
    )


def _criteria(folder: Path, window_ms: tuple[float, float], until_ms: float) -> ElectroCriteria:
    """A laboratory's own table: a mouse's window, and the whole band that 10 kHz carries."""
    rows = {
        "high_hz": (4500, "Hz"),
        "blank_ms": (0.4, "ms"),
        "direct_from_ms": (window_ms[0], "ms"),
        "direct_until_ms": (until_ms, "ms"),
        "direct_longest_ms": (round(window_ms[1] - until_ms, 3), "ms"),
    }
    lines = ["name\tvalue\tunit\tmeaning\tsource\tverified"]
    lines += [f"{name}\t{v:g}\t{unit}\tmouse\tread off\tno" for name, (v, unit) in rows.items()]
    path = folder / "criteria.tsv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return ElectroCriteria.read(path)


def _cells(ready: EvokedStudy, m_waves: list[DirectResponse]) -> list[Cell]:
    """A cell a sweep, up to the end of the M wave: what comes later is H."""
    inside = ready.latency_ms <= M_MS[1] + 1e-6
    return [
        Cell(
            branch=stimulus.branch,
            side=stimulus.side,
            muscle="",
            muscle_side=stimulus.side,
            intensity_ma=stimulus.intensity_ma,
            latency_ms=ready.latency_ms[inside],
            sweeps_uv=sweep[None, inside],
            mean_uv=sweep[inside],
            weight=np.ones(1),
            noise_uv=direct.noise_uv,
            is_own=True,
            direct=direct,
        )
        for stimulus, sweep, direct in zip(
            ready.stimuli, ready.sweeps_uv[:, 0], m_waves, strict=True
        )
    ]


def _has_peak(latency_ms: Floats, sweeps_uv: Floats, noise_uv: float) -> NDArray[np.bool_]:
    """Whether a sweep rises again within the window of H, by five times the noise."""
    late = sweeps_uv[:, (latency_ms >= LATE_MS[0] - 1e-6) & (latency_ms <= 4.2 + 1e-6)]
    fallen = np.minimum.accumulate(late, axis=1)
    return np.asarray((late - fallen).max(axis=1) > 5 * noise_uv)


def _trough_begins_ms(
    latency_ms: Floats, wave: Floats, window: tuple[float, float], level_uv: float
) -> float:
    """Where a wave last crosses a tenth of its trough before it, between samples."""
    inside = np.flatnonzero((latency_ms >= window[0]) & (latency_ms <= window[1]))
    trough = int(inside[np.argmin(wave[inside])])
    tenth = level_uv + 0.1 * (wave[trough] - level_uv)
    before = int(np.flatnonzero(wave[:trough] > tenth)[-1])
    part = (wave[before] - tenth) / (wave[before] - wave[before + 1])
    return float(latency_ms[before] + part * (latency_ms[before + 1] - latency_ms[before]))
