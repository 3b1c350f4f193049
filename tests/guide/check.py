"""Holds the guides against what they explain: the template, and the words and outcomes of automations."""

import re
from pathlib import Path

from samtranslator.yaml_helper import yaml_parse

SET_UP = Path("docs/aws.md")
OPERATIONS = Path("docs/operations.md")
AUTOMATIONS = Path("docs/automations.md")
WORDS = Path("shared/core/src/automation/words.rs")
OUTCOMES = Path("shared/core/src/automation/outcome.rs")


def first_cells(document, header):
    """The names in the first column of the table that begins with this header."""
    rows = document.split(f"| {header} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    return [name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])]


def same(what, said, there):
    wrong = [f"{name} is not explained" for name in there if name not in said]
    wrong += [f"{name} is explained and not there" for name in said if name not in there]
    return [f"{what}: {each}" for each in wrong]


def default_words(constant):
    """The words of a list in the source, by the language that stands above them."""
    words, language = {}, None
    for line in WORDS.read_text().split(f"pub const {constant}:", 1)[1].split("];", 1)[0].splitlines()[1:]:
        if comment := re.fullmatch(r" *// (\w+)\.", line):
            language = comment[1]
        elif word := re.fullmatch(r' *"(.+)",', line):
            words.setdefault(language, []).append(word[1])
    return words


def words_table():
    """The rows of the table of default words, as the source has them."""
    out, back = default_words("DEFAULT_OUT"), default_words("DEFAULT_IN")
    return [f"| {each} | {' · '.join(out[each])} | {' · '.join(back.get(each, []))} |" for each in out]


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
    automations = AUTOMATIONS.read_text()
    outcomes = re.findall(r'=> "(\w+)"', OUTCOMES.read_text())
    wrong += same(AUTOMATIONS, first_cells(automations, "outcome"), outcomes)
    wrong += [f"{AUTOMATIONS}: the default words want the row {row}" for row in words_table() if row not in automations]
    for path in [SET_UP, OPERATIONS, AUTOMATIONS]:
        wrong += dead_links(path)
    if wrong:
        raise SystemExit("\n".join(f"error: {each}" for each in wrong))


if __name__ == "__main__":
    main()
