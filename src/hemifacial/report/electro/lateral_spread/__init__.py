"""The lateral spread on the page: the matrix of branches and muscles, sweeps, recruitment."""
