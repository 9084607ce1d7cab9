"""The browser of ``hemifacial serve``: pages on one record, for this computer alone."""
