"""Files in and out: recordings as they came, results as the contract names them."""
