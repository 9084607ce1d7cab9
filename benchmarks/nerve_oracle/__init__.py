"""The oracle of the simulated nerve: the same fibres in NEURON 9, which shares no code with ours.

NEURON and a C++ compiler are asked for only where a run is made; what it found is kept in
``tests/nerve_frozen`` and made anew by ``python -m benchmarks.nerve_oracle freeze``. The
conventions, so that another solver can match them, stand in docs/nerve_oracle.md.
"""
