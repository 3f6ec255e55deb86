"""Why a recogniser decides as it does: for every token of a text, and for the model as a whole.

`explain_document` and `explain_model` take any recogniser that a model file can hold and give plain frozen values;
`to_text`, `to_page` and `to_dict` show them to people and to programs.
"""

from crfner.explain.data import to_dict
from crfner.explain.model import explain_model
from crfner.explain.page import to_page
from crfner.explain.text import to_text
from crfner.explain.tokens import explain_document
from crfner.explain.values import DocumentExplanation, ModelExplanation, TokenExplanation

__all__ = [
    "DocumentExplanation",
    "ModelExplanation",
    "TokenExplanation",
    "explain_document",
    "explain_model",
    "to_dict",
    "to_page",
    "to_text",
]
