"""How good rules are: `linting` (with `overlaps`) looks at the rules alone, `testing` tries them on labelled text, and
`estimates` says how far each can be trusted.
"""
