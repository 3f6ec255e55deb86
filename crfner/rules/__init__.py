"""Rules: dictionaries, regular expressions and token patterns, as a recogniser of their own and beside a CRF."""
