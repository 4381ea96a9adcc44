#!/usr/bin/env python3
"""Checks synthetic JSON against RingCentral's contract with an independent JSON Schema validator.

    dump … | validate.py CONTRACT.yaml            call log records, one a line
    dump --company … | validate.py CONTRACT.yaml --company

Records that carry "x-sandbox": "unknown-enum" must fail, and only because of an enum.
Exit status: 0 all as expected, 1 not, 2 wrong use.

Needs: pip install jsonschema pyyaml rfc3339-validator rfc3987
"""

import argparse
import json
import sys

import yaml
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

CONTRACT = "urn:contract"
NEEDED_FORMATS = ("date-time", "uri", "email")
SHOWN_ERRORS = 10


def modern(node):
    """Turns OpenAPI 3.0 schema words into JSON Schema: `nullable` and the place of `$ref`."""
    if isinstance(node, list):
        return [modern(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {key: modern(value) for key, value in node.items() if key != "example"}
    if node.pop("nullable", False) is True and "type" in node:
        node["type"] = [node["type"], "null"]
        if "enum" in node:
            node["enum"] = [*node["enum"], None]
    return node


def load(path):
    with open(path, encoding="utf-8") as file:
        contract = yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    schemas = modern(contract["components"]["schemas"])
    return {"components": {"schemas": schemas}}


class Validators:
    """One validator for each schema asked for."""

    def __init__(self, document):
        resource = Resource(contents=document, specification=DRAFT202012)
        self.registry = Registry().with_resource(CONTRACT, resource)
        self.schemas = document["components"]["schemas"]
        self.formats = FormatChecker()
        missing = [name for name in NEEDED_FORMATS if name not in self.formats.checkers]
        if missing:
            sys.exit(f"no checks for these formats, install their packages: {missing}")
        self.made = {}

    def errors(self, schema, value):
        if schema not in self.made:
            if schema not in self.schemas:
                sys.exit(f"the contract has no schema {schema}")
            reference = {"$ref": f"{CONTRACT}#/components/schemas/{schema}"}
            self.made[schema] = Draft202012Validator(
                reference, registry=self.registry, format_checker=self.formats
            )
        return list(self.made[schema].iter_errors(value))


def describe(line_number, error):
    place = "/".join(str(part) for part in error.absolute_path)
    return f"line {line_number}: {place or '(record)'}: {error.message[:200]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("contract")
    parser.add_argument("--company", action="store_true")
    options = parser.parse_args()

    validators = Validators(load(options.contract))
    valid = departures = 0
    problems = []
    for line_number, line in enumerate(sys.stdin, 1):
        value = json.loads(line)
        schema = "CallLogRecord"
        if options.company:
            schema, value = value["schema"], value["value"]
        errors = validators.errors(schema, value)
        if isinstance(value, dict) and value.get("x-sandbox") == "unknown-enum":
            wrong = [error for error in errors if error.validator != "enum"]
            if not errors:
                problems.append(f"line {line_number}: marked as unknown-enum, yet valid")
            elif wrong:
                problems.append(describe(line_number, wrong[0]))
            else:
                departures += 1
        elif errors:
            problems.append(describe(line_number, errors[0]))
        else:
            valid += 1

    print(f"{valid} valid, {departures} expected enum departures, {len(problems)} invalid")
    for problem in problems[:SHOWN_ERRORS]:
        print(problem, file=sys.stderr)
    if valid == 0 and not problems:
        print("nothing to check", file=sys.stderr)
        sys.exit(1)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
