"""A table of a report in HTML.

Public names: `html_table`.
"""

from __future__ import annotations

from crfner.report.markup import Html, element, join
from crfner.report.values import Table


def html_table(table: Table) -> Html:
    """A table in a box of its own, within which it may be wider than the page."""
    kind = ["number" if column.number else None for column in table.columns]
    head = (
        element("th", element("bdi", column.title), scope="col", class_=kind[number])
        for number, column in enumerate(table.columns)
    )
    rows = []
    for row, cells in enumerate(table.cells()):
        shown = []
        for column, cell in enumerate(cells):
            body = element("bdi", _minus(cell) if kind[column] else cell)
            body = element("b", body) if (row, column) in table.best else body
            dagger = element("sup", "†") if (row, column) in table.marks else ""
            names = column < table.names
            shown.append(
                element(
                    "th" if names else "td",
                    body,
                    dagger,
                    scope="row" if names else None,
                    class_=kind[column],
                )
            )
        rows.append(element("tr", *shown))
    content = element(
        "table",
        element("caption", table.title),
        element("thead", element("tr", *head)),
        element("tbody", *rows),
    )
    footnote = element("p", f"† {table.footnote}", class_="footnote") if table.footnote else ""
    box = element("div", content, class_="box", tabindex=0, role="region", aria_label=table.title)
    return join([box, footnote])


def _minus(cell: str) -> str:
    """The sign of a negative number as it is set in print."""
    return " ".join(f"−{part[1:]}" if part.startswith("-") else part for part in cell.split(" "))
