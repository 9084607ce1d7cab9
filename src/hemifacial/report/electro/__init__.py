"""The report of an electrical recording: one page, a section and figures for each study."""
