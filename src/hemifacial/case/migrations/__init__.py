"""The schema of the record as numbered files, each run once and never edited again."""
