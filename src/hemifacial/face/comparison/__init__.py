"""Videos of one patient held against each other."""
