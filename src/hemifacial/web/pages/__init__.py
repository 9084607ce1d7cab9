"""The pages, a module a subject; each is a plain function from what was asked to an answer."""
