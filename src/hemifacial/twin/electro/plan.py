"""What is to be made: stimuli, recorded muscles and responses. A plan makes nothing itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol

import numpy as np

from hemifacial.anatomy import Side, structures
from hemifacial.errors import UsageError
from hemifacial.twin.electro.muscles import channel_label, recorded_muscle
from hemifacial.twin.electro.setup import Setup
from hemifacial.twin.electro.shapes import Shape

__all__ = [
    "Afterdischarge",
    "EvokedPlan",
    "Kind",
    "PlannedResponse",
    "Site",
    "Stimulus",
    "check_responses",
    "stimuli_of",
]

Kind = Literal[
    "direct",
    "conducted",
    "spread",
    "r1",
    "r2",
    "r2_contralateral",
]
"""``direct``: the M wave of a muscle that the stimulated branch supplies. ``conducted``: the same
wave as far muscles see it through the tissue. ``spread``: the lateral spread response. ``r1`` and
its neighbours: the blink reflex, in whichever muscle it is seen."""

_LEAD_S = 0.5  # Before the first stimulus, and after the sweep of the last.
_AT_THRESHOLD = 0.05


@dataclass(frozen=True, kw_only=True)
class Site:
    """A muscle that is recorded."""

    muscle: str
    side: Side

    def __post_init__(self) -> None:
        recorded_muscle(self.muscle)

    @property
    def label(self) -> str:
        """The name of its channel, as a laboratory writes it."""
        return channel_label(self.muscle, self.side)


@dataclass(frozen=True, kw_only=True)
class Stimulus:
    """One electrical stimulus; `branch` is a word of the anatomy, `polarity` 1 or -1."""

    onset_s: float
    branch: str
    side: Side
    intensity_ma: float
    polarity: int

    @property
    def sign(self) -> str:
        """The polarity as it is written: ``+`` or ``-``."""
        return "+" if self.polarity > 0 else "-"

    @property
    def text(self) -> str:
        """What the stimulator writes into the recording."""
        return (
            f"stimulus branch={self.branch} side={self.side.value} "
            f"intensity_ma={self.intensity_ma:g} polarity={self.sign}"
        )


@dataclass(frozen=True, kw_only=True)
class Afterdischarge:
    """A train of small potentials after the early component, in some of the sweeps."""

    probability: float
    duration_ms: float
    rate_hz: float
    share: float


@dataclass(frozen=True, kw_only=True)
class PlannedResponse:
    """One component that a stimulus of `branch` on `stimulus_side` evokes in one muscle.

    Parameters
    ----------
    onset_ms
        Of a single response without jitter: where its template begins (10 % of its first peak).
    amplitude_uv
        Peak to peak, of a single fully recruited response.
    jitter_ms
        Standard deviation of the onset from sweep to sweep.
    variation
        Coefficient of variation of the amplitude from sweep to sweep.
    dropout
        Share of the sweeps without it.
    threshold_ma, slope_ma
        Below the threshold there is none. At it 5 % of the amplitude is recruited, and above
        it a logistic function of this slope.
    habituation
        Factor of the amplitude for every stimulus before of the same branch and side.
    fresh
        Whether every sweep has a shape of its own, as the burst of R2 has.
    """

    kind: Kind
    branch: str
    stimulus_side: Side
    muscle: str
    side: Side
    onset_ms: float
    amplitude_uv: float
    shape: Shape
    threshold_ma: float
    slope_ma: float
    jitter_ms: float = 0.0
    variation: float = 0.0
    dropout: float = 0.0
    habituation: float = 1.0
    fresh: bool = False
    afterdischarge: Afterdischarge | None = None

    @property
    def name(self) -> str:
        """For messages, and for a stream of random numbers of its own."""
        return (
            f"{self.kind} in {self.muscle} on the {self.side.value} "
            f"after {self.branch} on the {self.stimulus_side.value}"
        )

    def recruited(self, intensity_ma: float) -> float:
        """The share of its amplitude that a stimulus of this strength evokes."""
        if intensity_ma < self.threshold_ma:
            return 0.0
        above = (intensity_ma - self.threshold_ma) / self.slope_ma
        return float(1.0 / (1.0 + (1.0 / _AT_THRESHOLD - 1.0) * np.exp(-above)))

    def is_evoked_by(self, stimulus: Stimulus) -> bool:
        """Whether a stimulus is of the branch and side that evoke it."""
        return (stimulus.branch, stimulus.side) == (self.branch, self.stimulus_side)


class EvokedPlan(Protocol):
    """What every plan of an examination with stimuli says; each is a dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def setup(self) -> Setup:
        """How it is recorded."""

    @property
    def seed(self) -> int:
        """The seed of all that is random in it."""

    @property
    def sites(self) -> tuple[Site, ...]:
        """The channels in their order."""

    @property
    def responses(self) -> tuple[PlannedResponse, ...]:
        """All that stimuli evoke."""

    @property
    def train(self) -> tuple[tuple[str, Side, float], ...]:
        """Branch, side and mA of every stimulus, in order."""

    @property
    def expected(self) -> tuple[tuple[Kind, str, Side, Site], ...]:
        """Kind, branch, stimulated side and site that a reader will ask for, there or not."""


def stimuli_of(plan: EvokedPlan) -> tuple[Stimulus, ...]:
    """The stimuli with their times and polarities; each falls on a sample."""
    setup = plan.setup
    rng = np.random.default_rng([plan.seed, 1])
    between = 1 + setup.interval_variation * rng.uniform(-1, 1, len(plan.train))
    between[0] = 0.0  # The first one stands right after the lead.
    times_s = _LEAD_S - setup.from_ms / 1000 + setup.interval_s * np.cumsum(between)
    times_s = np.round(times_s * setup.rate_hz) / setup.rate_hz
    return tuple(
        Stimulus(
            onset_s=float(time_s),
            branch=branch,
            side=side,
            intensity_ma=intensity_ma,
            polarity=-1 if setup.alternating and index % 2 else 1,
        )
        for index, (time_s, (branch, side, intensity_ma)) in enumerate(
            zip(times_s, plan.train, strict=True)
        )
    )


def check_responses(plan: EvokedPlan) -> None:
    """Whether a plan makes sense.

    Raises
    ------
    UsageError
        Naming the response, for: a branch the anatomy does not know, a muscle that is not
        recorded, a size or share that cannot be, the same response twice.
    """
    if not plan.train or not plan.sites:
        raise UsageError(
            f"plan: {len(plan.train)} stimuli and {len(plan.sites)} channels",
            next_step="Plan at least one of each.",
        )
    names: set[str] = set()
    for one in plan.responses:
        problem = _problem(one, plan)
        if one.name in names:
            problem = "it is planned twice"
        if problem:
            raise UsageError(f"plan, {one.name}: {problem}", next_step="Correct this response.")
        names.add(one.name)


def _problem(one: PlannedResponse, plan: EvokedPlan) -> str:
    """Why a response cannot be, or nothing."""
    if one.branch not in structures():
        return f"the anatomy knows no {one.branch!r}"
    if Site(muscle=one.muscle, side=one.side) not in plan.sites:
        return "this muscle is not recorded"
    if not 0 < one.onset_ms < plan.setup.to_ms:
        return f"its onset is {one.onset_ms:g} ms, the sweep ends at {plan.setup.to_ms:g} ms"
    if not one.amplitude_uv >= 0 or not one.slope_ma > 0 or not one.shape.duration_ms > 0:
        return "amplitude, slope and duration must be positive"
    if not 0 <= one.dropout <= 1 or one.jitter_ms < 0 or one.variation < 0:
        return "jitter, variation and dropout must not be negative, nor dropout above 1"
    return ""
