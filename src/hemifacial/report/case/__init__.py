"""One patient's case as figures and as pages that stand by themselves (docs/case_pages.md)."""
