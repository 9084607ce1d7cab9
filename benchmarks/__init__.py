"""The long validations: every figure in docs/validation.md comes from one of them."""
