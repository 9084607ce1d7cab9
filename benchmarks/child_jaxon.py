"""Times jaxon-nerve on one core: python -m benchmarks.child_jaxon FIBRES STEP_US STEPS.

Runs in ``.venv-peers-nerve`` and imports nothing of ours. Its fibres of 10 um with 26 nodes, in one
batch, in double precision; compiled before its clock starts. The last line is JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

__all__ = ["main"]

_ONE_CORE = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"


def main() -> None:
    """Time what the command line says."""
    os.environ["XLA_FLAGS"] = _ONE_CORE  # Read when jax is imported.
    import jax
    import jax.numpy as jnp
    from jaxon.fibers.mrg import build_mrg
    from jaxon.stim import batch_solve

    jax.config.update("jax_enable_x64", True)
    fibres, step_ms, steps = int(sys.argv[1]), float(sys.argv[2]) / 1000, int(sys.argv[3])
    built = build_mrg(10.0, 26)
    geometry = built[1] if isinstance(built, tuple) else built
    statics = batch_solve.stack_fiber_statics([geometry] * fibres, step_ms)
    start = batch_solve.initial_states_batch([geometry] * fibres)
    outside = jnp.zeros((fibres, geometry.n_comp))
    pulse = jnp.zeros(steps)

    def run(*given: Any) -> Any:
        return batch_solve.batch_integrate_m_max_fd(*given, pulse, pulse, step_ms)

    compiled = jax.jit(run)
    compiled(statics, start, outside).block_until_ready()
    best = float("inf")
    for _ in range(3):
        begin = time.perf_counter()
        compiled(statics, start, outside).block_until_ready()
        best = min(best, time.perf_counter() - begin)
    per_step_us = 1e6 * best / fibres / steps
    print(
        json.dumps(
            {
                "per_fibre_ms": best / fibres / (steps * step_ms),
                "us_per_compartment_step": per_step_us / geometry.n_comp,
            }
        )
    )


if __name__ == "__main__":
    main()
