"""Rules and a CRF as one recogniser, joined by a policy.

`recognizer` is the public face; `policies` and `union` decide, on `evidence`; `marking` turns rule hits into features;
`kinds` knows the policies by name.
"""

from crfner.hybrid.kinds import POLICIES
from crfner.hybrid.recognizer import HybridRecognizer

__all__ = ["POLICIES", "HybridRecognizer"]
