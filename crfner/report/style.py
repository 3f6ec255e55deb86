"""The style of the report: calm, in the reader's own fonts, light or dark as the reader has it.

Colours are pairs of a ground and an ink with a contrast of at least 4.5 to 1 (WCAG 2.2, level AA).

Public names: `STYLE`; `LIGHT` and `DARK`, the colours alone.
"""

LIGHT = """
  --ground: #fdfcfa; --raised: #f5f3ee; --ink: #1d1f22; --soft: #595e66; --rule: #dedad2; --link: #1f5fa8;
  --alarm: #8a2c0d;
  --s0: #1f5fa8; --s1: #b3541e; --s2: #1d7a4f; --s3: #8a3fa0;
  --s4: #a61c3c; --s5: #0f7c86; --s6: #77670a; --s7: #4f545b;
  --l0: #dbe8f8; --l1: #fbe3d2; --l2: #d8f0e0; --l3: #efdff5;
  --l4: #fadbe0; --l5: #d3eef0; --l6: #f2ecc4; --l7: #e5e6e8;
  --i0: #123f75; --i1: #7a3409; --i2: #11522f; --i3: #5e2472;
  --i4: #7d1230; --i5: #0b4f56; --i6: #534806; --i7: #3c4046;
"""
DARK = """
  --ground: #16181b; --raised: #1f2226; --ink: #e4e2dd; --soft: #a6aab0; --rule: #363a41; --link: #8ab8ee;
  --alarm: #f3a687;
  --s0: #7fb2ec; --s1: #eb9a63; --s2: #6cc79b; --s3: #cf93e0;
  --s4: #f08a9b; --s5: #5fc4cc; --s6: #d1bf57; --s7: #b9bdc3;
  --l0: #1c3553; --l1: #4d2c16; --l2: #173d29; --l3: #3f2449;
  --l4: #4c1c27; --l5: #103f43; --l6: #3f3910; --l7: #33373d;
  --i0: #b5d4f7; --i1: #f6c19d; --i2: #a4e0be; --i3: #e4bdf0;
  --i4: #f7b9c4; --i5: #a0e0e5; --i6: #e6d98a; --i7: #d3d6da;
"""
_BY_NUMBER = "\n".join(
    f".s{n} {{ color: var(--s{n}) }} .l{n} {{ background: var(--l{n}) }} .l{n} .chip {{ color: var(--i{n}) }}"
    for n in range(8)
)

STYLE = f"""
:root {{ color-scheme: light dark; {LIGHT} }}
@media (prefers-color-scheme: dark) {{ :root {{ {DARK} }} }}
* {{ box-sizing: border-box }}
[hidden] {{ display: none !important }}
html {{ -webkit-text-size-adjust: 100%; text-size-adjust: 100% }}
body {{ margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 62rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
  overflow-wrap: anywhere }}
h1, h2, h3, h4 {{ font-family: "Iowan Old Style", "Palatino Linotype", Palatino, "Liberation Serif", Georgia, serif;
  font-weight: 600; line-height: 1.2; text-wrap: balance }}
h1 {{ font-size: 1.9rem; margin: 0 0 .8rem }}
h2 {{ font-size: 1.45rem; margin: 0 0 .6rem }}
h3 {{ font-size: 1.15rem; margin: 2rem 0 .5rem }}
h4 {{ font-size: 1.05rem; margin: 1.6rem 0 .5rem }}
h4 small {{ font-family: system-ui, sans-serif; font-weight: 400; font-size: .85rem; color: var(--soft) }}
a {{ color: var(--link); text-underline-offset: .2em }}
a:focus-visible, select:focus-visible, .box:focus-visible {{ outline: 2px solid var(--link); outline-offset: 2px }}
.kicker {{ margin: 0 0 .3rem; color: var(--soft); font-size: .85rem; letter-spacing: .06em }}
.verdict {{ font-size: 1.12rem; max-width: 46rem; margin: 0 0 .8rem }}
.note, .footnote, .more {{ color: var(--soft); font-size: .9rem; max-width: 46rem; margin: 0 0 1rem }}
.footnote, .more {{ margin-top: .5rem }}
nav {{ margin: 1.5rem 0 0; padding: .35rem 0; border-block: 1px solid var(--rule) }}
nav ul {{ margin: 0; padding: 0; list-style: none; display: flex; flex-wrap: wrap; gap: 0 1.3rem }}
nav a {{ display: block; padding: .4rem 0; text-decoration: none }}
nav a:hover {{ text-decoration: underline }}
main > section {{ margin-top: 3rem; scroll-margin-top: 1rem }}
footer {{ margin-top: 3rem; border-top: 1px solid var(--rule); padding-top: 1rem }}
.warnings {{ margin: 0; padding: .7rem 1rem .7rem 2rem; border-left: 3px solid var(--alarm); background: var(--raised);
  color: var(--alarm) }}

.box {{ overflow-x: auto; max-width: 100%; margin: 1rem 0 0 }}
table {{ border-collapse: collapse; font-size: .92rem; font-variant-numeric: tabular-nums lining-nums; min-width: 60% }}
caption {{ position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }}
th, td {{ padding: .38rem .7rem; text-align: left; vertical-align: baseline; white-space: nowrap }}
thead th {{ font-weight: 500; color: var(--soft); border-bottom: 1px solid var(--ink); vertical-align: bottom }}
thead th.number {{ white-space: normal; overflow-wrap: normal; max-width: 9rem }}
tbody th {{ font-weight: 500; white-space: normal; overflow-wrap: anywhere; min-width: 7rem; max-width: 16rem }}
tbody tr + tr > * {{ border-top: 1px solid var(--rule) }}
tbody tr:last-child > * {{ border-bottom: 1px solid var(--ink) }}
th:first-child {{ position: sticky; left: 0; background: var(--ground); padding-left: 0 }}
.number {{ text-align: right }}
td b {{ font-weight: 700 }}
td {{ position: relative }}
sup {{ position: absolute; line-height: 1; font-size: .75em; top: .45rem; right: .2rem; color: var(--ink) }}

.plot {{ margin: 1.2rem 0; font-size: .9rem; max-width: 52rem }}
figcaption {{ color: var(--soft); font-size: .85rem; margin-bottom: .5rem }}
.plot svg {{ display: block; overflow: visible }}
.row {{ display: grid; grid-template-columns: 13rem minmax(0, 1fr) 11rem; align-items: center; column-gap: 1rem }}
.grouped .row {{ grid-template-columns: 13rem minmax(0, 1fr) }}
.grouped .row + .row {{ border-top: 1px solid var(--rule) }}
.grouped .value {{ display: none }}
.n {{ white-space: nowrap }}
.value, .n {{ color: var(--soft); font-variant-numeric: tabular-nums }}
.value b {{ color: var(--ink); margin-right: .4rem }}
.grid {{ stroke: var(--rule); stroke-width: 1 }}
.whisker {{ stroke: currentColor; stroke-width: 2.5; stroke-linecap: round }}
.marker path {{ fill: currentColor }}
.band {{ fill: currentColor; opacity: .13 }}
.stroke {{ fill: none; stroke: currentColor; stroke-width: 2 }}
.plot text {{ fill: var(--soft); font-size: .8rem; font-variant-numeric: tabular-nums }}
.legend {{ list-style: none; margin: 0 0 .8rem; padding: 0; display: flex; flex-wrap: wrap; gap: .3rem 1.2rem }}
.legend li {{ min-width: 0 }}
.legend svg {{ display: inline-block; vertical-align: -2px }}

#filter {{ display: flex; flex-wrap: wrap; gap: .7rem 1rem; align-items: end; margin: 1rem 0; padding: .8rem 1rem;
  background: var(--raised); border-radius: .4rem }}
#filter label {{ flex: 1 1 9rem; min-width: 0; max-width: 16rem; font-size: .85rem; color: var(--soft) }}
#filter span {{ display: block; margin-bottom: .15rem }}
#filter select {{ width: 100%; min-height: 2.75rem; padding: .3rem .5rem; font: inherit; font-size: 1rem;
  color: var(--ink); background: var(--ground); border: 1px solid var(--soft); border-radius: .3rem }}
#filter output {{ flex: 1 1 100%; font-size: .9rem; font-variant-numeric: tabular-nums }}
.case {{ padding: .8rem 0 .9rem; border-top: 1px solid var(--rule) }}
.where {{ margin: 0 0 .3rem; font-size: .8rem; color: var(--soft) }}
dl {{ margin: 0; display: grid; grid-template-columns: 13rem minmax(0, 1fr); gap: .35rem 1rem }}
dt {{ font-size: .88rem; padding-top: .15rem }}
.kinds {{ display: block; color: var(--soft); font-size: .8rem }}
dd {{ margin: 0; white-space: pre-wrap; line-height: 1.85; min-width: 0 }}
mark, .missed {{ color: var(--ink); padding: .12em .25em; border-radius: .22em; border: 1px solid transparent;
  box-decoration-break: clone; -webkit-box-decoration-break: clone }}
.wrong {{ border-color: currentColor }}
.missed {{ border: 1px dashed var(--soft) }}
.chip {{ font-size: .68rem; font-weight: 650; letter-spacing: .02em; margin-inline-start: .4em; white-space: normal }}
.legend .chip {{ margin: 0 }}
.missed .chip {{ color: var(--soft) }}
.control {{ font: .75em ui-monospace, monospace; color: var(--soft); border: 1px solid var(--soft); border-radius: .2em;
  padding: 0 .2em; unicode-bidi: isolate }}
{_BY_NUMBER}

@media (max-width: 44rem) {{
  h1 {{ font-size: 1.55rem }}
  .row, .grouped .row {{ grid-template-columns: minmax(0, 1fr) auto; row-gap: .1rem; margin-top: .35rem }}
  .row svg:not(.marker) {{ grid-row: 2; grid-column: 1 / -1 }}
  .row .marker {{ grid-row: auto }}
  tbody th {{ max-width: 9rem }}
  #filter label {{ max-width: none }}
  dl {{ grid-template-columns: minmax(0, 1fr); gap: .1rem }}
  dd {{ margin-bottom: .5rem }}
  .kinds {{ display: inline; margin-left: .6rem }}
}}
@media print {{
  :root {{ color-scheme: light; {LIGHT} --ground: #fff }}
  body {{ max-width: none; padding: 0; font-size: 10pt }}
  nav, #filter {{ display: none }}
  .box {{ overflow: visible }}
  th:first-child {{ position: static }}
  mark, .wrong {{ border-color: var(--soft) }}
  h2, h3, h4, figcaption {{ break-after: avoid }}
  .case, figure, tr {{ break-inside: avoid }}
}}
"""
