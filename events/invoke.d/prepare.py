"""Reads what a function gets from the template and the running local host.

    prepare.py TEMPLATE FUNCTION EVENT DATA_DIR WORK    writes environment.json, event.json, logical-id
    prepare.py --set-environment BUILT_TEMPLATE WORK    puts that environment into a built template
"""

import base64
import hashlib
import hmac
import json
import os
import re
import sys
import time
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from samcli.yamlhelper import yaml_dump, yaml_parse


class Host:
    """A running local host, as its data folder describes it."""

    def __init__(self, data_dir):
        self.ready = json.loads(Path(data_dir, "ready.json").read_text())
        self.seed = json.loads(Path(data_dir, "seed.json").read_text())
        self.credentials = self.seed["aws"]

    def value(self, path):
        """The member of ready.json at a dotted path."""
        value = self.ready
        for name in path.split("."):
            if not isinstance(value, dict) or name not in value:
                raise SystemExit(f"ready.json has no {path}")
            value = value[name]
        return str(value)

    def queue_url(self, name):
        """The URL of the queue that the template names so. The stack is called as its table is."""
        name = name.replace("${AWS::StackName}", self.value("aws.table"))
        sqs = boto3.client(
            "sqs",
            endpoint_url=self.value("aws.endpoints.sqs"),
            region_name=self.value("aws.region"),
            aws_access_key_id=self.credentials["access_key_id"],
            aws_secret_access_key=self.credentials["secret_access_key"],
        )
        try:
            return sqs.get_queue_url(QueueName=name)["QueueUrl"]
        except (BotoCoreError, ClientError) as error:
            raise SystemExit(f"the local host's queue {name} does not answer: {error}") from None

    def parameter(self, name, default):
        """What the local host has for a parameter of the template."""
        if name == "KeyRing":
            return json.dumps(self.seed["key_ring"])
        if name == "LinkKey":
            return self.seed["link_key"]
        if name == "SessionKey":
            return self.seed["session_key"]
        if name == "GraphBaseUrl":
            return os.environ.get("GRAPH_BASE_URL", self.value("base_url") + "/_sim/graph")
        if name == "PublicBaseUrl":
            return self.value("base_url")
        if default is None:
            raise SystemExit(f"nothing is known for the parameter {name}")
        return str(default)

    def aws_environment(self):
        """Endpoints and credentials; on Lambda these come with the function's role."""
        aws = self.ready["aws"]
        environment = {
            "AWS_REGION": aws["region"],
            "AWS_DEFAULT_REGION": aws["region"],
            "AWS_ACCESS_KEY_ID": self.credentials["access_key_id"],
            "AWS_SECRET_ACCESS_KEY": self.credentials["secret_access_key"],
        }
        for service, url in aws["endpoints"].items():
            environment[f"AWS_ENDPOINT_URL_{service.upper()}"] = url
        return environment


def find_function(template, package):
    """The logical id and the properties of the function that is built from this package."""
    for logical_id, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            if resource["Metadata"]["BuildProperties"]["Binary"] == package:
                return logical_id, resource["Properties"]
    raise SystemExit(f"template.yaml has no function that is built from {package}")


def holds(condition, template, host):
    """Whether a condition of the template holds on the local host."""
    ((function, argument),) = condition.items()
    match function:
        case "Condition":
            return holds(template["Conditions"][argument], template, host)
        case "Fn::Equals":
            one, other = (resolve(each, template, host) for each in argument)
            return one == other
        case "Fn::Not":
            return not holds(argument[0], template, host)
        case "Fn::Or":
            return any(holds(each, template, host) for each in argument)
        case "Fn::And":
            return all(holds(each, template, host) for each in argument)
    raise SystemExit(f"{condition} cannot be told on the local host")


def resolve(value, template, host):
    """What one value of the template is on the local host."""
    if not isinstance(value, dict):
        return str(value)
    if value.get("Fn::GetAtt") in (["Api", "ApiEndpoint"], "Api.ApiEndpoint"):
        return host.value("base_url")
    if "Fn::If" in value:
        condition, yes, no = value["Fn::If"]
        return resolve(yes if holds(template["Conditions"][condition], template, host) else no, template, host)
    name = value.get("Ref")
    if name in template["Parameters"]:
        return host.parameter(name, template["Parameters"][name].get("Default"))
    resource = template["Resources"].get(name, {"Type": None})
    if resource["Type"] == "AWS::DynamoDB::Table":
        return host.value("aws.table")
    if resource["Type"] == "AWS::S3::Bucket":
        return host.value("aws.bucket")
    if resource["Type"] == "AWS::SQS::Queue":
        return host.queue_url(resource["Properties"]["QueueName"]["Fn::Sub"])
    raise SystemExit(f"{value} cannot be resolved on the local host")


def fill(value, substitute):
    """The value with every ${…} in its strings replaced."""
    if isinstance(value, dict):
        return {key: fill(item, substitute) for key, item in value.items()}
    if isinstance(value, list):
        return [fill(item, substitute) for item in value]
    if isinstance(value, str):
        return re.sub(r"\$\{([a-z][a-z0-9_.]*)\}", lambda match: substitute(match[1]), value)
    return value


def fill_event(event, host):
    """The event with the running host's values in it, signed last, over the body as it then stands."""
    now = str(int(time.time()))
    known = {"now": now, "signature": "${signature}"}
    event = fill(event, lambda name: known[name] if name in known else host.value(name))
    if "${signature}" in json.dumps(event):
        body = event["body"].encode()
        if event.get("isBase64Encoded"):
            body = base64.b64decode(body)
        digest = hmac.new(host.value("channel.app_secret").encode(), body, hashlib.sha256).hexdigest()
        event = fill(event, lambda _: digest)
    return event


def prepare(template_path, package, event_path, data_dir, work):
    template = yaml_parse(Path(template_path).read_text())
    host = Host(data_dir)
    logical_id, properties = find_function(template, package)
    declared = properties.get("Environment", {}).get("Variables", {})
    environment = {name: resolve(value, template, host) for name, value in declared.items()}
    settings = {
        "AWS_LAMBDA_FUNCTION_NAME": logical_id,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": resolve(properties["MemorySize"], template, host),
        "AWS_LAMBDA_FUNCTION_TIMEOUT": resolve(properties["Timeout"], template, host),
        "AWS_LAMBDA_LOG_FORMAT": properties["LoggingConfig"]["LogFormat"],
        "AWS_LAMBDA_LOG_LEVEL": resolve(properties["LoggingConfig"]["ApplicationLogLevel"], template, host),
    }
    event = fill_event(json.loads(Path(event_path).read_text()), host)
    for name, content in {
        "environment.json": json.dumps({**environment, **host.aws_environment()}),
        "settings.json": json.dumps(settings),
        "event.json": json.dumps(event),
        "logical-id": logical_id,
    }.items():
        Path(work, name).write_text(content)


def set_environment(built_template, work):
    template = yaml_parse(Path(built_template).read_text())
    logical_id = Path(work, "logical-id").read_text()
    properties = template["Resources"][logical_id]["Properties"]
    environment = json.loads(Path(work, "environment.json").read_text())
    properties["Environment"] = {"Variables": environment}
    Path(built_template).write_text(yaml_dump(template))


if __name__ == "__main__":
    if sys.argv[1] == "--set-environment":
        set_environment(*sys.argv[2:])
    else:
        prepare(*sys.argv[1:])
