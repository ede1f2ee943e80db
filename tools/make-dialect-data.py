#!/usr/bin/env python3
"""Turns argparse facts of one Megatron release into src/dialect/data/*.json (a developer's tool,
not part of the build).

usage: tools/make-dialect-data.py FACTS.json DIALECT OUT.json

FACTS.json holds {"release", "tag", "arguments": [{"dest", "flags", "action", "nargs", "type",
"choices", "default"}]}, as read off the release's ArgumentParser. One argument a line, sorted by
its first flag, so that two releases can be compared with diff.
"""
import json
import sys

ACTIONS = {
    "StoreAction": "store",
    "StoreTrueAction": "store_true",
    "StoreFalseAction": "store_false",
    "BooleanOptionalAction": "boolean_optional",
    "HelpAction": "help",
}


def fact(argument):
    row = {
        "dest": argument["dest"],
        "flags": argument["flags"],
        "action": ACTIONS[argument["action"]],
        "default": argument["default"],
    }
    if row["action"] == "store":
        row["nargs"] = argument["nargs"]
        row["type"] = argument["type"]
        row["choices"] = argument["choices"] or []
    return row


def main():
    source, dialect, target = sys.argv[1:]
    facts = json.load(open(source))
    rows = sorted((fact(a) for a in facts["arguments"]), key=lambda r: r["flags"][0])
    lines = ",\n".join(json.dumps(r, separators=(",", ":"), sort_keys=True) for r in rows)
    with open(target, "w") as out:
        out.write(
            '{"dialect":%s,"release":%s,"tag":%s,"arguments":[\n%s\n]}\n'
            % (json.dumps(dialect), json.dumps(facts["release"]), json.dumps(facts["tag"]), lines)
        )


main()
