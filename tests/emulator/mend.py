"""Makes up for what the emulator leaves out when it deploys a stack.

    mend.py EMULATOR_URL STACK

prints the address of the stack's API there. A stack can be mended as often as it is deployed.
"""

import json
import sys

import boto3
from botocore.config import Config

REGION = "us-east-1"


class Emulator:
    def __init__(self, url):
        self.url = url

    def client(self, service):
        config = Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1})
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=config,
        )


def physical_ids(stack, cloudformation):
    """What stands for each logical id of a stack."""
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
    return {
        resource["LogicalResourceId"]: resource["PhysicalResourceId"]
        for page in pages
        for resource in page["StackResourceSummaries"]
    }


def create_routes(resources, processed, gateway):
    """Makes the routes that the emulator does not make of the API's description. Each names its function there."""
    (api,) = (
        (logical_id, resource)
        for logical_id, resource in processed["Resources"].items()
        if resource["Type"] == "AWS::ApiGatewayV2::Api"
    )
    logical_id, resource = api
    api_id = resources[logical_id]
    there = {route["RouteKey"] for route in gateway.get_routes(ApiId=api_id)["Items"]}
    integrations = {}
    for path, methods in resource["Properties"]["Body"]["paths"].items():
        for method, operation in methods.items():
            integration = operation["x-amazon-apigateway-integration"]
            function = resources[function_of(integration["uri"])]
            if function not in integrations:
                integrations[function] = gateway.create_integration(
                    ApiId=api_id,
                    IntegrationType="AWS_PROXY",
                    IntegrationUri=f"arn:aws:lambda:{REGION}:000000000000:function:{function}",
                    PayloadFormatVersion=integration["payloadFormatVersion"],
                )["IntegrationId"]
            method = "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()
            key = "$default" if path.strip("/") == "$default" else f"{method} {path}"
            if key not in there:
                gateway.create_route(ApiId=api_id, RouteKey=key, Target=f"integrations/{integrations[function]}")
    if not any(stage["StageName"] == "$default" for stage in gateway.get_stages(ApiId=api_id)["Items"]):
        raise SystemExit("the API has no stage $default")
    return api_id


def function_of(uri):
    """The logical id of the function in an integration's `Fn::Sub`: …/functions/${SendFunction.Arn}/invocations."""
    return uri["Fn::Sub"].split("${")[-1].split(".Arn}")[0]


def mend_event_sources(functions):
    """The emulator keeps a number that a template's parameter holds as text, and stumbles over it; its API makes it one."""
    for page in functions.get_paginator("list_event_source_mappings").paginate():
        for mapping in page["EventSourceMappings"]:
            if "ScalingConfig" in mapping:
                functions.update_event_source_mapping(UUID=mapping["UUID"], ScalingConfig=mapping["ScalingConfig"])


def mend(stack, emulator):
    """Mends a stack that is deployed; the address of its API."""
    cloudformation = emulator.client("cloudformation")
    processed = cloudformation.get_template(StackName=stack, TemplateStage="Processed")["TemplateBody"]
    if isinstance(processed, str):
        processed = json.loads(processed)
    api_id = create_routes(physical_ids(stack, cloudformation), processed, emulator.client("apigatewayv2"))
    mend_event_sources(emulator.client("lambda"))
    # Not by its own name, {api_id}.execute-api.localhost, which not every resolver knows.
    return f"{emulator.url}/_aws/execute-api/{api_id}"


if __name__ == "__main__":
    url, stack = sys.argv[1:]
    print(mend(stack, Emulator(url)))
