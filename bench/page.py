"""Puts what was measured into docs/performance.md, between two marks that name it."""


def fill(path, name, lines):
    """Replaces what stands between the marks `<!-- NAME: ... -->` and `<!-- end of NAME -->`."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    begin = text.index("<!-- %s:" % name)
    begin = text.index("\n", begin) + 1
    end = text.index("<!-- end of %s -->" % name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text[:begin] + "\n" + "\n".join(lines) + "\n\n" + text[end:])


def table(head, rows):
    """Lines of a Markdown table; a head that ends in a colon is of a column of numbers."""
    yield "| " + " | ".join(cell.rstrip(":") for cell in head) + " |"
    yield "|" + "|".join("---:" if cell.endswith(":") else "---" for cell in head) + "|"
    for row in rows:
        yield "| " + " | ".join(row) + " |"
