"""The lateral spread response: which muscles answer to branches that do not supply them."""
