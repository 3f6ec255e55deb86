"""How the site is built: `sphinx-build -W -b html docs build/site`. No network is needed to build or to read it."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from plain_docstrings import as_rst  # noqa: E402

from crfner.version import __version__  # noqa: E402

project = "crfner"
author = "the authors of crfner"
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx_click"]
exclude_patterns = ["_build"]
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]
suppress_warnings = ["myst.header"]  # pages that are included begin at a lower level

# public names are imported when they are asked for; autodoc looks for them in the module itself
for path in sorted((HERE / "reference").glob("*.md")):
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith(".. automodule:: "):
            module = import_module(line.split()[-1])
            for name in getattr(module, "__all__", ()):
                setattr(module, name, getattr(module, name))

autodoc_default_options = {"members": True, "no-value": True}
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 90
add_module_names = False
default_role = "literal"
smartquotes = False  # code in docstrings is not always in backticks

html_theme = "furo"
html_title = f"crfner {version}"
html_static_path = ["_static"]
html_css_files = ["crfner.css"]
html_show_sphinx = False
html_copy_source = False
pygments_style = "tango"
pygments_dark_style = "monokai"


def setup(app):
    """Docstrings are plain text; autodoc wants reStructuredText."""

    def process(app, what, name, item, options, lines):
        lines[:] = as_rst(lines, module=what == "module")

    app.connect("autodoc-process-docstring", process)
