"""The twin of the nerve: compressed facial fibres, simulated from their membrane."""
