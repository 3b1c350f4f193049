"""Deploys template.yaml on an emulator of AWS, with bootstraps that are built already.

    deploy.py EMULATOR_URL BOOTSTRAPS GRAPH_BASE_URL DESCRIPTION

Everything is read from the template: functions, routes, queues. What stands where afterwards is written to DESCRIPTION,
as the end-to-end tests read it (OPENWATI_TEST_DEPLOYED).
"""

import base64
import io
import json
import os
import platform
import sys
import time
import zipfile
from pathlib import Path

from samtranslator.yaml_helper import yaml_parse

from mend import REGION, Emulator, mend, physical_ids

STACK = "openwati-deployed"
ARTIFACTS = "openwati-artifacts"
DEPLOY_SECONDS = 60


def package(template, bootstraps, s3):
    """Uploads the functions' packages, and the template that names them; the address of that."""
    s3.create_bucket(Bucket=ARTIFACTS)
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            binary = resource["Metadata"]["BuildProperties"]["Binary"]
            key = f"{binary}.zip"
            s3.put_object(Bucket=ARTIFACTS, Key=key, Body=zipped(Path(bootstraps, binary)))
            resource["Properties"]["CodeUri"] = f"s3://{ARTIFACTS}/{key}"
    s3.put_object(Bucket=ARTIFACTS, Key="template.json", Body=json.dumps(template).encode())
    return f"{s3.meta.endpoint_url}/{ARTIFACTS}/template.json"


def zipped(bootstrap):
    """A package as Lambda takes it: the program alone, as `bootstrap`, and executable."""
    package = io.BytesIO()
    entry = zipfile.ZipInfo("bootstrap")
    entry.external_attr = 0o755 << 16
    # Little compressed: it goes no further than this machine.
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(entry, bootstrap.read_bytes())
    return package.getvalue()


def deploy(template, url, parameters, cloudformation):
    """Makes the stack, and waits for it."""
    known = template["Parameters"]
    cloudformation.create_stack(
        StackName=STACK,
        TemplateURL=url,
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        Parameters=[
            {"ParameterKey": name, "ParameterValue": value}
            for name, value in parameters.items()
            if name in known
        ],
    )
    deadline = time.monotonic() + DEPLOY_SECONDS
    while True:
        stack = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
        if stack["StackStatus"] == "CREATE_COMPLETE":
            return
        if not stack["StackStatus"].endswith("IN_PROGRESS") or time.monotonic() > deadline:
            events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
            for event in events:
                if event["ResourceStatus"].endswith("FAILED"):
                    print(event["LogicalResourceId"], event.get("ResourceStatusReason"), file=sys.stderr)
            raise SystemExit(f"the stack is {stack['StackStatus']}")
        time.sleep(0.1)


def describe(template, resources, base_url, graph_base_url, emulator, key_ring, session_key):
    """What a local host says of itself in ready.json."""
    sqs = emulator.client("sqs")
    queues = {}
    for logical_id, resource in template["Resources"].items():
        if resource["Type"] == "AWS::SQS::Queue":
            url = resources[logical_id]
            name = url.rsplit("/", 1)[-1].removeprefix(f"{STACK}-")
            sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
            queues[name] = url
    by_type = {template["Resources"][id]["Type"]: name for id, name in resources.items() if id in template["Resources"]}
    return {
        "base_url": base_url,
        "graph_base_url": graph_base_url,
        "speed": 1.0,
        "aws": {
            "endpoints": {service: emulator.url for service in ("dynamodb", "sqs", "s3")},
            "region": REGION,
            "table": by_type["AWS::DynamoDB::Table"],
            "bucket": by_type["AWS::S3::Bucket"],
            "queues": queues,
            "embedded": False,
        },
        "key_ring": key_ring,
        "session_key": session_key,
        # There is no tenant of its own: tests make theirs.
        "tenant_id": "",
        "channel": {"id": "", "phone_number": "", "phone_number_id": "", "waba_id": ""},
    }


def main(emulator_url, bootstraps, graph_base_url, description):
    emulator = Emulator(emulator_url)
    template = yaml_parse(Path("template.yaml").read_text())
    key_ring = {"current": "k1", "keys": {"k1": base64.b64encode(os.urandom(32)).decode()}}
    session_key = os.urandom(32).hex()
    parameters = {
        "KeyRing": json.dumps(key_ring),
        "LinkKey": os.urandom(32).hex(),
        "SessionKey": session_key,
        "GraphBaseUrl": graph_base_url,
        "Architecture": "arm64" if platform.machine() in ("aarch64", "arm64") else "x86_64",
        # Receivers of the tests are on this machine.
        "AllowPrivateUrls": "true",
    }
    cloudformation = emulator.client("cloudformation")
    deploy(template, package(template, bootstraps, emulator.client("s3")), parameters, cloudformation)
    resources = physical_ids(STACK, cloudformation)
    base_url = mend(STACK, emulator)
    whole = describe(template, resources, base_url, graph_base_url, emulator, key_ring, session_key)
    Path(description).write_text(json.dumps(whole, indent=2))


if __name__ == "__main__":
    main(*sys.argv[1:])
