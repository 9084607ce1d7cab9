"""Times jaxon-nerve on one core: python -m benchmarks.child_jaxon FIBRES STEP_US STEPS.

Runs in ``.venv-peers-nerve`` and imports nothing of ours. Its fibres of 10 um with 26 nodes, in one
batch, in double precision; compiled before its clock starts. The last line is JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp
from jaxon.fibers.mrg import build_mrg
from jaxon.stim.batch_solve import (
    batch_integrate_m_max_fd,
    initial_states_batch,
    stack_fiber_statics,
)


def main() -> None:
    fibres, step_ms, steps = int(sys.argv[1]), float(sys.argv[2]) / 1000, int(sys.argv[3])
    built = build_mrg(10.0, 26)
    geometry = built[1] if isinstance(built, tuple) else built
    statics = stack_fiber_statics([geometry] * fibres, step_ms)
    start = initial_states_batch([geometry] * fibres)
    outside = jnp.zeros((fibres, geometry.n_comp))
    pulse = jnp.zeros(steps)

    @jax.jit
    def run(statics, start, outside, pulse):
        return batch_integrate_m_max_fd(statics, start, outside, pulse, pulse, step_ms)

    run(statics, start, outside, pulse).block_until_ready()
    best = float("inf")
    for _ in range(3):
        begin = time.perf_counter()
        run(statics, start, outside, pulse).block_until_ready()
        best = min(best, time.perf_counter() - begin)
    print(
        json.dumps(
            {
                "per_fibre_ms": best / fibres / (steps * step_ms),
                "us_per_compartment_step": 1e6 * best / fibres / steps / geometry.n_comp,
            }
        )
    )


main()
