"""Units of a channel and what they are in microvolts, from ``vocabulary/electrical_units.tsv``."""

from __future__ import annotations

from functools import cache

from hemifacial.errors import InputError
from hemifacial.vocabulary import read_vocabulary

__all__ = ["microvolts_per_unit"]


def microvolts_per_unit(unit: str, *, where: str) -> float | None:
    """How many microvolts one of a unit is, or None of a unit that is known to be no voltage.

    The case of letters counts, since mV and MV are not the same.

    Parameters
    ----------
    unit
        As the file states it; blanks around it do not matter.
    where
        File and channel, as an error names them.

    Raises
    ------
    InputError
        Where the unit is not known: a factor that is guessed would be a wrong amplitude.
    """
    known = _known()
    stripped = unit.strip()
    if stripped not in known:
        voltages = ", ".join(name for name, factor in known.items() if factor is not None)
        others = ", ".join(name for name, factor in known.items() if factor is None and name)
        raise InputError(
            f"{where}: the unit {stripped[:40]!r} is not known. Known voltages: {voltages}. "
            f"Known to be no voltage: {others}",
            next_step="State one of these units in the file; n/a if the channel is no voltage.",
        )
    return known[stripped]


@cache
def _known() -> dict[str, float | None]:
    return {
        row["unit"]: float(row["microvolts"]) if row["microvolts"] else None
        for row in read_vocabulary("electrical_units.tsv")
    }
