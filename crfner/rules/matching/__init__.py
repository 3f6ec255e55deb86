"""How rules find spans: one matcher a kind of rule, and the context that decides whether a hit counts.

`dictionary` finds terms (`term_index`, by their `variants`, misspelt by `edits`), `regexes` regular expressions,
`patterns` token patterns, whose tests are in `tokens` and `attributes`; `contexts` looks around a hit.
"""
