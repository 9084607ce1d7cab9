"""Electrodiagnosis: what an electrical recording shows of hemifacial spasm."""
