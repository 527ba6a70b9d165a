"""fakesnow's HTTP server, answering JSON so that the Node driver (snowflake-sdk) can read it.

The Node driver has no Arrow code, so the two Arrow hooks of fakesnow.server are replaced by a JSON
encoder, and the answer is completed with the fields that the driver insists on.
usage: python fakesnow_node.py PORT   (prints the url when it listens)
"""
import asyncio, datetime as dt, json, logging, re, sys
from base64 import b64decode
from decimal import Decimal

import fakesnow.cursor as fc
import fakesnow.server as fs
import snowflake.connector.errors as sferr
import uvicorn
from sqlglot import exp
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

EPOCH = dt.datetime(1970, 1, 1)
LOCK = asyncio.Lock()
OFFSET = re.compile(r"^(\d{4}-\d\d-\d\d[ T][\d:.]+) ([+-]\d\d:?\d\d)$")


def secs(micros: int) -> str:
    sign, m = ("-", -micros) if micros < 0 else ("", micros)
    return f"{sign}{m // 1_000_000}.{m % 1_000_000:06d}000"


def micros(v: dt.datetime) -> int:
    return (v.replace(tzinfo=None) - EPOCH) // dt.timedelta(microseconds=1)


def wire(v, kind):
    if v is None:
        return None
    if kind == "boolean":
        return "true" if v else "false"
    if kind == "date":
        return str((v - EPOCH.date()).days)
    if kind == "time":
        return secs(((v.hour * 60 + v.minute) * 60 + v.second) * 1_000_000 + v.microsecond)
    if kind == "timestamp_ntz":
        return secs(micros(v))
    if kind == "timestamp_tz":  # fakesnow keeps only the instant, in UTC: offset 0
        return secs(micros(v.astimezone(dt.timezone.utc))) + " 1440"
    if kind == "binary":
        return bytes(v).hex().upper()
    if kind == "fixed":
        return format(v, "f") if isinstance(v, Decimal) else str(int(v))
    return v if isinstance(v, str) else json.dumps(v) if isinstance(v, (dict, list)) else str(v)


fs.to_sf = lambda table, rowtype: (table, rowtype)  # was: Arrow in Snowflake's own layout
fs.to_ipc = lambda tr: json.dumps(
    [[wire(v, c["type"]) for v, c in zip(row, tr[1])] for row in zip(*[c.to_pylist() for c in tr[0].columns])]
).encode()  # was: the Arrow stream; fakesnow puts it in rowsetBase64

PARAMS = {"TIMEZONE": "UTC", "BINARY_OUTPUT_FORMAT": "HEX", "DATE_OUTPUT_FORMAT": "YYYY-MM-DD",
          "TIME_OUTPUT_FORMAT": "HH24:MI:SS.FF6", "TIMESTAMP_OUTPUT_FORMAT": "YYYY-MM-DD HH24:MI:SS.FF6 TZHTZM",
          "TIMESTAMP_NTZ_OUTPUT_FORMAT": "YYYY-MM-DD HH24:MI:SS.FF6", "TIMESTAMP_LTZ_OUTPUT_FORMAT": "",
          "TIMESTAMP_TZ_OUTPUT_FORMAT": "", "JS_TREAT_INTEGER_AS_BIGINT": False, "QUERY_CONTEXT_CACHE_SIZE": 5,
          "CLIENT_STAGE_ARRAY_BINDING_THRESHOLD": 1_000_000_000, "CLIENT_SESSION_KEEP_ALIVE": False}
PLIST = [{"name": k, "value": v} for k, v in PARAMS.items()]


async def login(request):
    answer = json.loads((await fs.login_request(request)).body)
    d = answer["data"]
    d["parameters"] = [p for p in d["parameters"] if p["name"] not in PARAMS] + PLIST
    d |= {"masterToken": d["token"], "validityInSeconds": 3600, "masterValidityInSeconds": 14400}
    return JSONResponse(answer)


from_binding = fs.from_binding  # DuckDB refuses a blank before the offset of a bound timestamp
fs.from_binding = lambda b: OFFSET.sub(r"\1\2", v) if isinstance(v := from_binding(b), str) else v


async def query(request):
    async with LOCK:  # one statement at a time: DuckDB cursors of one session are not concurrent
        response = await fs.query_request(request)
    answer = json.loads(response.body)
    if response.status_code >= 500:  # the driver would retry a 5xx for 100 s
        answer |= {"code": answer["code"], "data": {"sqlState": "0A000", "errorCode": answer["code"]}}
    elif answer["success"]:
        d = answer["data"]
        if d.get("queryResultFormat") == "arrow":
            d["rowset"] = json.loads(b64decode(d.pop("rowsetBase64") or b"W10="))
            d["queryResultFormat"] = "json"
        if "rowset" in d:
            d["returned"] = len(d["rowset"])
            d["parameters"] = PLIST
        d["version"] = 1
    return JSONResponse(answer)


# ---- what fakesnow 0.12.1 gets wrong in statements that Snowflake takes -------------------------------------
parse_one, describe_last = fc.parse_one, fc.FakeSnowflakeCursor._describe_last_sql


def parse(sql):
    if re.match(r"\s*ALTER\s+SESSION\b", sql, re.I):  # not known to fakesnow; PARAMS says what the session is set to
        return parse_one("SELECT 'Statement executed successfully.' AS status")
    tree = parse_one(sql)
    for t in tree.find_all(exp.DataType):  # DuckDB's BLOB has no length
        if t.is_type("binary", "varbinary"):
            t.set("expressions", [])
    if isinstance(tree, exp.Create) and re.match(r"\s*CREATE\s+OR\s+ALTER\b", sql, re.I):
        raise sferr.ProgrammingError(msg="CREATE OR ALTER: fakesnow would replace the table and lose its rows", errno=2, sqlstate="0A000")
    for n in list(tree.find_all(exp.TableFromRows)):  # TABLE(FLATTEN(..)) inside a MERGE: same as LATERAL FLATTEN(..)
        if isinstance(n.this, exp.Explode):
            a = (n.args.get("alias") or exp.TableAlias(this=exp.to_identifier("_flattened"))).copy()
            a.set("columns", [exp.to_identifier(c) for c in ("SEQ", "KEY", "PATH", "INDEX", "VALUE", "THIS")])
            n.replace(exp.Lateral(this=n.this.copy(), view=False, outer=False, alias=a, ordinality=False))
    for n in list(tree.find_all(exp.Anonymous)):  # [TRY_]TO_TIMESTAMP_TZ(text): no DuckDB function of that name
        if n.name.upper() in ("TO_TIMESTAMP_TZ", "TRY_TO_TIMESTAMP_TZ") and len(n.expressions) == 1:
            kind = exp.TryCast if n.name.upper().startswith("TRY") else exp.Cast
            n.replace(kind(this=n.expressions[0].copy(), to=exp.DataType.build("timestamptz")))
    if isinstance(tree, exp.Create) and isinstance(tree.this, exp.Schema):  # keys are not enforced in Snowflake
        tree.this.set("expressions", [e for e in tree.this.expressions if not (
            isinstance(e, (exp.PrimaryKey, exp.UniqueColumnConstraint)) or isinstance(e, exp.Constraint) and e.find(exp.PrimaryKey, exp.UniqueColumnConstraint))])
        for c in list(tree.find_all(exp.PrimaryKeyColumnConstraint)):
            c.parent.replace(exp.ColumnConstraint(kind=exp.NotNullColumnConstraint()))
    return tree


def describe(self):  # COMMENT ON COLUMN works, but "DESCRIBE COMMENT ON .." is not SQL
    return [("status", "BIGINT", "YES", None, None, None)] if (self._last_sql or "").startswith("COMMENT ON") else describe_last(self)


fc.parse_one, fc.FakeSnowflakeCursor._describe_last_sql = parse, describe

nop = lambda _: JSONResponse({"success": True, "data": None})
app = Starlette(routes=[Route("/session/v1/login-request", login, methods=["POST"]),
                        Route("/queries/v1/query-request", query, methods=["POST"]),
                        Route("/telemetry/send", nop, methods=["POST"])]
                + [r for r in fs.routes if r.path not in ("/session/v1/login-request", "/queries/v1/query-request")])

if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    print(f"http://127.0.0.1:{sys.argv[1]}", flush=True)
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
