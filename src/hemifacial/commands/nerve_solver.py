"""The compiled solver of the nerve: whether this machine has it, and making it."""

from __future__ import annotations

from pathlib import Path

from hemifacial.twin.nerve.recipe import Cleft, Fibre, Lesion, Numerics, Recipe

__all__ = ["compile_solver", "is_compiled"]


def is_compiled() -> bool:
    """Whether this machine has the solver compiled since its source was last changed."""
    from hemifacial.twin.nerve import kernel

    stats = getattr(kernel.advance, "stats", None)
    source = Path(kernel.__file__)
    if stats is None or not stats.cache_path:
        return False
    changed_s = source.stat().st_mtime
    found = Path(stats.cache_path).glob(f"{source.stem}.advance-*.nbi")
    return any(one.stat().st_mtime >= changed_s for one in found)


def compile_solver() -> None:
    """Compile the solver once, before many processes would each do it at the same time."""
    from hemifacial.twin.nerve.sweep import passages

    passages(
        Recipe(
            fibres=(Fibre(diameter_um=10.0),),
            lesion=Lesion(),
            cleft=Cleft(area_um2=8.0),
            duration_ms=0.01,
            nodes=4,
            edge=1,
            numerics=Numerics(settle_ms=0.0),
        )
    )
