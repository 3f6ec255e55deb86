"""Guidelines beside the text: Markdown as HTML that can hold nothing but text, lists, tables and links.

Public names: `to_html`, `read_guidelines`.
"""

from __future__ import annotations

import os

from crfner.files import open_text

_DEEPEST = 6
_DOWN = 2  # the page has headings of its own above those of the guidelines


def read_guidelines(path: str | os.PathLike[str]) -> str:
    """The file's Markdown as HTML. Raises InputError when it cannot be read."""
    with open_text(path) as stream:
        return to_html(stream.read())


def to_html(markdown: str) -> str:
    """Markdown (CommonMark with tables) as HTML: HTML in it is shown as it is written, images by their text only.

    >>> to_html("# Labels\\n<b>FOOD</b>")
    '<h3>Labels</h3>\\n<p>&lt;b&gt;FOOD&lt;/b&gt;</p>\\n'
    """
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    tokens = parser.parse(markdown)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + _DOWN, _DEEPEST)}"
        for part in token.children or ():
            if part.type == "link_open":
                part.attrSet("rel", "noreferrer noopener")
                part.attrSet("target", "_blank")
    html: str = parser.renderer.render(tokens, parser.options, {})
    return html
