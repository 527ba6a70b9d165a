"""Says of each SQL text whether sqlfluff's Snowflake dialect can parse it.

Reads a JSON array of texts from standard input; writes a JSON array with null for a text that parses, else the reason.
"""
import json
import sys

from sqlfluff.core import FluffConfig, Linter

linter = Linter(config=FluffConfig(overrides={"dialect": "snowflake", "large_file_skip_byte_limit": 0}))


def reason(sql):
    violations = linter.parse_string(sql).violations
    return str(violations[0].desc()) if violations else None


json.dump([reason(sql) for sql in json.load(sys.stdin)], sys.stdout)
