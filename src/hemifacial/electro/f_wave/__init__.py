"""The F wave of the face: what a stimulus of a facial branch sends back from the nucleus."""
