"""The style of what notebooks show: that of the report, for one output among others on somebody else's page.

Every output brings it, as a notebook may show any of them alone. It has a ground and an ink of its own, so that it can
be read in a notebook of any colour, and is dark where the notebook says that it is.

Public names: `STYLE`, `CLASS`.
"""

from crfner.report.style import DARK, LIGHT

CLASS = "crfner"
"""The class of the element around an output."""

# twice, to weigh more than what notebooks say about their tables
_IN = f".{CLASS}.{CLASS}"
_DARK_NOTEBOOKS = ("[data-jp-theme-light=false]", "body.vscode-dark", "body.vscode-high-contrast", "html[theme=dark]")
_LIGHT_NOTEBOOKS = ("[data-jp-theme-light=true]", "body.vscode-light", "html[theme=light]")
_LABELS = "\n".join(
    f"{_IN} .l{n} {{ background: var(--l{n}) }} {_IN} .l{n} .chip {{ color: var(--i{n}) }} "
    f"{_IN} .s{n} {{ color: var(--s{n}) }}"
    for n in range(8)
)


def _within(pages: tuple[str, ...]) -> str:
    return ", ".join(f"{page} {_IN}" for page in pages)


STYLE = f"""
{_IN} {{ {LIGHT} }}
@media (prefers-color-scheme: dark) {{ {_IN} {{ {DARK} }} }}
{_within(_LIGHT_NOTEBOOKS)} {{ {LIGHT} }}
{_within(_DARK_NOTEBOOKS)} {{ {DARK} }}
{_IN} {{ padding: .7rem .9rem; max-width: 62rem; max-height: 40rem; overflow: auto; border-radius: .3rem;
  background: var(--ground); color: var(--ink); font: .95rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere }}
{_IN} p {{ margin: 0 0 .5rem }}
{_IN} h2, {_IN} h3 {{ font-size: 1rem; margin: .8rem 0 .3rem; color: var(--ink) }}
{_IN} .note, {_IN} .where, {_IN} .footnote, {_IN} .more, {_IN} small {{ color: var(--soft); font-size: .85rem }}
{_IN} .text, {_IN} dd {{ white-space: pre-wrap; line-height: 1.9; color: var(--ink); font-size: 1rem }}
{_IN} mark, {_IN} .missed {{ color: var(--ink); padding: .12em .25em; border-radius: .22em;
  border: 1px solid transparent; box-decoration-break: clone; -webkit-box-decoration-break: clone }}
{_IN} .wrong {{ border-color: currentColor }}
{_IN} .missed {{ border: 1px dashed var(--soft) }}
{_IN} .chip {{ font-size: .7rem; font-weight: 650; margin: 0 .3em }}
{_IN} .missed .chip {{ color: var(--soft) }}
{_IN} .control {{ font: .75em ui-monospace, monospace; color: var(--soft); border: 1px solid var(--soft);
  border-radius: .2em; padding: 0 .2em; unicode-bidi: isolate }}
{_IN} .error {{ color: var(--alarm) }}
{_IN} .box {{ overflow-x: auto }}
{_IN} table {{ border-collapse: collapse; margin: .3rem 0; font-size: .9rem; font-variant-numeric: tabular-nums;
  color: var(--ink); background: none }}
{_IN} table caption {{ position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }}
{_IN} table thead tr, {_IN} table tbody tr, {_IN} table tbody tr:hover, {_IN} table tbody tr:nth-child(n) {{
  background: none; border: 0 }}
{_IN} table th, {_IN} table td {{ padding: .2rem .7rem .2rem 0; text-align: left; vertical-align: baseline;
  border: 0; border-top: 1px solid var(--rule); color: var(--ink); font-weight: 400; max-width: 42rem;
  white-space: normal }}
{_IN} table thead th {{ color: var(--soft); border-top: 0 }}
{_IN} table .number {{ text-align: right }}
{_IN} .pulls td:nth-child(2) {{ min-width: 8rem }}
{_IN} .pulls svg {{ display: block; width: 100%; height: .7em; fill: currentColor }}
{_IN} .pulls td:nth-child(3) {{ font-family: ui-monospace, monospace }}
{_IN} dl {{ margin: 0; display: grid; grid-template-columns: 9rem minmax(0, 1fr); gap: .2rem 1rem }}
{_IN} dt, {_IN} .kinds {{ color: var(--soft); font-size: .85rem; font-weight: 400 }}
{_IN} .kinds {{ display: block }}
{_IN} summary {{ cursor: pointer }}
{_LABELS}
"""
