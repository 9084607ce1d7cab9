"""The blink reflex: R1, R2 and contralateral R2, where they spread, and how they recover."""
