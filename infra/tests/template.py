"""The template as data: tags in their long form, and what SAM makes of it."""

import copy
import json
import logging
import os
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
PATH = ROOT / "infra/template.yaml"


class _Loader(yaml.SafeLoader):
    """YAML with the short forms of CloudFormation's functions."""


def _tag(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _tag)


def load(text=None):
    """The template as nested dictionaries."""
    return yaml.load(text or PATH.read_text(), Loader=_Loader)


def dump(template):
    """A template as JSON, which is YAML too."""
    return json.dumps(template, indent=1)


class _NoManagedPolicies:
    """Nothing here uses Amazon's managed policies, so none is looked up."""

    def load(self):
        return {}


def translate(template):
    """What CloudFormation gets: SAM's own translator, run here."""
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")
    # It complains of metrics about itself that nobody collects.
    logging.getLogger("samtranslator").setLevel(logging.ERROR)
    from samtranslator.translator.transform import transform

    template = copy.deepcopy(template)
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            # Packaging does this.
            resource["Properties"]["CodeUri"] = "s3://packages/code.zip"
    return transform(template, {}, _NoManagedPolicies())


def functions(template):
    """The functions by their logical names, with the globals filled in."""
    shared = template["Globals"]["Function"]
    found = {}
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            own = resource["Properties"]
            merged = {**shared, **own}
            merged["Environment"] = {
                **shared.get("Environment", {}).get("Variables", {}),
                **own.get("Environment", {}).get("Variables", {}),
            }
            found[name] = merged
    return found


def of_type(template, kind):
    """The resources of a type, by their logical names."""
    return {
        name: resource.get("Properties", {})
        for name, resource in template["Resources"].items()
        if resource.get("Type") == kind
    }


def as_list(value):
    """IAM and CloudFormation take one or many."""
    return value if isinstance(value, list) else [value]


def refers_to(value):
    """The logical name that a Ref or GetAtt names, if it is one."""
    if isinstance(value, dict):
        if "Ref" in value:
            return value["Ref"]
        if "Fn::GetAtt" in value:
            return as_list(value["Fn::GetAtt"])[0]
    return None


def flat(value):
    """A value with functions in it as one text, to look for words in it."""
    return json.dumps(value)
