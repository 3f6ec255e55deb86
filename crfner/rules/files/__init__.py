"""Rule files.

`reading` takes YAML, JSON lines (`rule_jsonl`) and lists of terms (`gazetteers`), `records` checks what is in them, and
`writing` writes what a person can edit.
"""
