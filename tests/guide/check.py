"""Holds docs/aws.md and docs/operations.md against template.yaml."""

import re
from pathlib import Path

from samtranslator.yaml_helper import yaml_parse

SET_UP = Path("docs/aws.md")
OPERATIONS = Path("docs/operations.md")


def first_cells(document, header):
    """The names in the first column of the table that begins with this header."""
    rows = document.split(f"| {header} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    return [name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])]


def same(what, said, there):
    wrong = [f"{name} is not explained" for name in there if name not in said]
    wrong += [f"{name} is not in the template" for name in said if name not in there]
    return [f"{what}: {each}" for each in wrong]


def anchors(document):
    """What GitHub makes of the headings."""
    headings = re.findall(r"^#+ (.*)$", document, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def dead_links(path):
    text = path.read_text()
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", text):
        file, _, anchor = target.partition("#")
        to = path.parent / file if file else path
        if not to.exists() or (anchor and anchor not in anchors(to.read_text())):
            yield f"{path}: a link that leads nowhere: {target}"


def main():
    template = yaml_parse(Path("template.yaml").read_text())
    alarms = [name for name, each in template["Resources"].items() if each["Type"] == "AWS::CloudWatch::Alarm"]
    wrong = same(SET_UP, first_cells(SET_UP.read_text(), "parameter"), template["Parameters"])
    wrong += same(OPERATIONS, first_cells(OPERATIONS.read_text(), "alarm"), alarms)
    wrong += [*dead_links(SET_UP), *dead_links(OPERATIONS)]
    if wrong:
        raise SystemExit("\n".join(f"error: {each}" for each in wrong))


if __name__ == "__main__":
    main()
