"""What an installation costs: idle, from the template; and for a million messages, from measured units.

Every figure is the product of a count, whose source is named, and a price of prices.json.
"""

import json
import re
import sys
from pathlib import Path

from samtranslator.yaml_helper import yaml_parse

HERE = Path(__file__).parent
GUIDE = Path("docs/aws.md")
KEYS = Path("shared/store/src/keys.rs")


class Template:
    def __init__(self, text):
        whole = yaml_parse(text)
        self.parameters = whole["Parameters"]
        self.conditions = whole.get("Conditions", {})
        self.resources = whole["Resources"]

    def of_type(self, kind):
        """The resources of a type that are there where every parameter has its default."""
        return {name: each for name, each in self.resources.items() if each["Type"] == kind and self.is_made(each)}

    def is_made(self, resource):
        name = resource.get("Condition")
        return name is None or self.value(self.conditions[name])

    def value(self, value):
        """What a property is where every parameter has its default."""
        if not isinstance(value, dict):
            return value
        ((function, argument),) = value.items()
        match function:
            case "Ref":
                return self.parameters[argument]["Default"]
            case "Fn::If":
                name, yes, no = argument
                return self.value(yes if self.value(self.conditions[name]) else no)
            case "Fn::Equals":
                one, other = map(self.value, argument)
                return str(one) == str(other)
            case "Fn::Not":
                return not self.value(argument[0])
            case "Fn::Or":
                return any(map(self.value, argument))
        raise SystemExit(f"error: what is not reckoned with: {function}")

    def events(self, kind):
        """The functions' event sources of a kind, each with its function."""
        for function in self.of_type("AWS::Serverless::Function").values():
            for event in function["Properties"].get("Events", {}).values():
                if event["Type"] == kind and self.value(event["Properties"].get("Enabled", True)):
                    yield function["Properties"], event["Properties"]

    def queue(self, reference):
        """The queue that a `Ref` or an `Fn::GetAtt` names."""
        name = reference.get("Ref") or reference["Fn::GetAtt"]
        if isinstance(name, list):
            name = name[0]
        return self.resources[name.split(".")[0]]

    def requests_price(self, reference):
        """Requests of FIFO queues cost more."""
        fifo = self.queue(reference)["Properties"].get("FifoQueue")
        return "sqs_fifo" if fifo else "sqs_standard"


def alarmed_metrics(template):
    """An alarm costs as much as it has metrics."""
    alarms = template.of_type("AWS::CloudWatch::Alarm").values()
    return sum(
        sum("MetricStat" in metric for metric in alarm["Properties"].get("Metrics", [])) or 1 for alarm in alarms
    )


def runs_a_month(schedule, hours):
    every = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", schedule)
    if not every:
        raise SystemExit(f"error: a schedule that is not counted: {schedule}")
    return hours * {"minute": 60, "hour": 1, "day": 1 / 24}[every[2]] / int(every[1])


def shards():
    """How many shards of the index `due` the timers read."""
    counts = re.findall(r"const DUE\w*_SHARDS: \w+ = (\d+);", KEYS.read_text())
    if len(counts) < 2:
        raise SystemExit(f"error: the shards of the index `due` are not in {KEYS}")
    return sum(map(int, counts))


def idle(template, usage):
    """What is counted while nobody uses it: (price, count, what)."""
    figure = {name: each["value"] for name, each in usage.items() if isinstance(each, dict)}
    hours = figure["hours_a_month"]
    polls = figure["pollers_a_queue"] * hours * 3600 / figure["poll_seconds"]
    rows = []
    metrics = alarmed_metrics(template)
    rows.append(("alarm", metrics, f"{metrics} alarms"))
    polled = {"sqs_standard": 0, "sqs_fifo": 0}
    for _, event in template.events("SQS"):
        polled[template.requests_price(event["Queue"])] += 1
    for price, queues in polled.items():
        rows.append((price, queues * polls, f"Lambda asks {queues} queues whether there is work"))
    for function, event in template.events("Schedule"):
        runs = runs_a_month(event["Schedule"], hours)
        name = function["CodeUri"].rsplit("/", 1)[-1]
        memory = int(template.value(function["MemorySize"])) / 1024
        rows.append(("lambda_requests", runs, f"`{name}` runs"))
        rows.append(("lambda_gb_seconds", runs * figure["timers_idle_seconds"] * memory, f"`{name}` runs"))
        if name == "timers":
            count = shards()
            rows.append(("read_units", runs * count * figure["read_units_a_shard"], f"`timers` reads {count} shards"))
            given_up = {"sqs_standard": 0, "sqs_fifo": 0}
            for variable, reference in function["Environment"]["Variables"].items():
                if variable.endswith("_DEAD_LETTERS_URL"):
                    given_up[template.requests_price(reference)] += 1
            for price, queues in given_up.items():
                rows.append((price, runs * queues, f"`timers` looks into {queues} dead-letter queues"))
    for table in template.of_type("AWS::DynamoDB::Table").values():
        if table["Properties"].get("SSESpecification", {}).get("SSEEnabled"):
            rows.append(("kms_requests", hours * figure["kms_requests_an_hour"], "the table's key, at most"))
    functions = len(template.of_type("AWS::Serverless::Function"))
    rows.append(("bucket_gb", functions * figure["zip_megabytes"] / 1000, f"the code of {functions} functions"))
    rows.append(("table_gb", 0, "nothing is in it yet"))
    rows.append(("logs", 0, "nothing is logged while nothing happens"))
    return rows


def dollars(prices, price, count):
    return count * prices[price]["price"] / prices[price]["per"]


def free_of_charge(prices, rows):
    """What of the rows is free: an allowance may hold for two prices together; the dearer requests use it first."""
    counts = {}
    for price, count, *_ in rows:
        counts[price] = counts.get(price, 0) + count
    saved = 0
    for price, each in prices.items():
        left = each.get("free", 0)
        for sharing in sorted({price, each.get("free_with", price)}, key=lambda one: -prices[one]["price"]):
            used = min(left, counts.get(sharing, 0))
            saved += dollars(prices, sharing, used)
            left -= used
    return saved


def amount(count):
    return f"{count:,.0f}" if count >= 10 or count == int(count) else f"{count:,.3g}"


def idle_table(prices, usage, rows, header):
    lines = [header, "", "| what | why | a month | dollars |", "| --- | --- | ---: | ---: |"]
    for price, count, why in rows:
        lines.append(f"| {prices[price]['label']} | {why} | {amount(count)} | {dollars(prices, price, count):.2f} |")
    total = sum(dollars(prices, price, count) for price, count, _ in rows)
    left = total - free_of_charge(prices, rows)
    lines.append(f"| **together** | | | **{total:.2f}** |")
    lines.append(f"| **with what every account has free** | | | **{left:.2f}** |")
    sources = [usage[name] for name in ("pollers_a_queue", "poll_seconds", "timers_idle_seconds", "hours_a_month")]
    counted = "; ".join(f"{each['value']} ({each['source']})" for each in sources)
    lines += ["", f"Receivers for a queue, seconds that each waits, seconds that `timers` runs, hours a month: {counted}."]
    return lines, total


def million_table(prices, flows, header):
    lines = [header, "", "| a million | what | of each | source | dollars |", "| --- | --- | ---: | --- | ---: |"]
    for flow in flows:
        total = 0
        for each in flow["what"]:
            cost = dollars(prices, each["price"], each["count"] * 1e6)
            total += cost
            count = each["count"] if each["count"] >= 1e-3 else f"{each['count'] * 1e9:,.0f} bytes"
            lines.append(f"| | {prices[each['price']]['label']} | {count} | {each['source']} | {cost:.2f} |")
        lines.append(f"| **{flow['name']}** | | | | **{total:.2f}** |")
    return lines


def put(text, name, lines):
    begin, end = f"<!-- begin {name} -->\n", f"<!-- end {name} -->"
    head, found, rest = text.partition(begin)
    old, closed, tail = rest.partition(end)
    if not found or not closed:
        raise SystemExit(f"error: {GUIDE} has no place for the table `{name}`")
    return head + begin + "\n".join(lines) + "\n" + end + tail


def main(arguments):
    whole = json.loads((HERE / "prices.json").read_text())
    prices = whole["prices"]
    usage = json.loads((HERE / "usage.json").read_text())
    template = Template(Path("template.yaml").read_text())
    header = (
        f"Prices of {whole['region']}, entered on {whole['entered']} into `tests/costs/prices.json`; "
        "counted by `tests/costs/run` from `template.yaml` with its defaults."
    )
    first, total = idle_table(prices, usage, idle(template, usage), header)
    second = million_table(prices, usage["million"], header.replace("from `template.yaml` with its defaults", "from `tests/costs/usage.json`"))
    bar = usage["bar_dollars_idle"]
    if not arguments:
        print("\n".join([*first, "", *second]))
    elif arguments == ["--write"]:
        GUIDE.write_text(put(put(GUIDE.read_text(), "idle", first), "million", second))
    elif arguments == ["--check"]:
        text = GUIDE.read_text()
        if put(put(text, "idle", first), "million", second) != text:
            raise SystemExit(f"error: the costs in {GUIDE} are stale: write them anew with `tests/costs/run --write`")
        print(f"idle: {total:.2f} dollars a month")
    else:
        raise SystemExit("usage: tests/costs/run [--write | --check]")
    if total > bar:
        raise SystemExit(f"error: an idle installation costs {total:.2f} dollars a month; the bar is {bar:.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
