"""Answers `aws` commands as AWS's command line would, from botocore's models of the services and from moto.

Each command comes over a Unix socket as its words, a NUL between two. It is read by the service's model: operation, options and
values that AWS doesn't know are errors. What is well formed is asked of moto. One line of JSON for each command tells what
became of it:

  ran        moto answered
  validated  it is well formed, and moto has no such operation, or nothing of that name
  own        a command of the CLI itself, which no model has; its options are checked against the CLI's reference
  wrong      AWS would refuse it, with the reason
"""

import base64
import json
import socketserver
import sys
import threading

import botocore.exceptions
import botocore.session
import botocore.validate
import jmespath
from botocore import xform_name

from seed import seed

# Commands of services that the CLI calls otherwise than their models.
SERVICES = {"configservice": "config", "s3api": "s3", "deploy": "codedeploy"}

# Options of every command, and how many values they take.
GLOBAL = {
    "query": 1, "output": 1, "region": 1, "profile": 1, "endpoint-url": 1, "cli-read-timeout": 1,
    "cli-connect-timeout": 1, "cli-binary-format": 1, "max-items": 1, "page-size": 1, "starting-token": 1,
    "no-cli-pager": 0, "no-paginate": 0,
}

# Commands of the CLI itself, as its reference has them (docs.aws.amazon.com/cli/latest/reference).
OWN = {
    ("logs", "tail"): {"since": 1, "follow": 0, "format": 1, "filter-pattern": 1, "log-stream-names": 1000},
    ("cloudtrail", "validate-logs"): {
        "trail-arn": 1, "start-time": 1, "end-time": 1, "s3-bucket": 1, "s3-prefix": 1, "account-id": 1, "verbose": 0,
    },
}

# Values that an option takes by the type of its value; others take one.
VALUES = {"boolean": 0, "list": 1000}

# Arguments without a name.
POSITIONAL = {("lambda", "invoke"): "a file for the answer"}

# Said after the last command of a script.
END = "end-of-script"

class Wrong(Exception):
    """AWS's command line would refuse it."""

class Commands:
    def __init__(self, endpoint):
        self.session = botocore.session.get_session()
        self.session.set_credentials("AKIDEXAMPLE", "secret-of-the-test")
        self.endpoint = endpoint
        self.clients = {}
        self.lock = threading.Lock()

    def client(self, service):
        with self.lock:
            if service not in self.clients:
                self.clients[service] = self.session.create_client(
                    service, region_name="eu-central-1", endpoint_url=self.endpoint,
                    config=botocore.config.Config(retries={"max_attempts": 0}, read_timeout=20))
            return self.clients[service]

    def run(self, words):
        """What becomes of a command, and what it prints."""
        options, service, operation = {}, None, None
        try:
            service, operation, options, own = self.read(words)
            query = compiled(options.get("query"))
            if own:
                return {"outcome": "own", "reason": "a command of the CLI itself"}, ""
            shape, params = operation.input_shape, options["params"]
            report = botocore.validate.ParamValidator().validate(params, shape) if shape else None
            if report is not None and report.has_errors():
                raise Wrong(" ".join(report.generate_report().split()))
            enums(params, shape)
            if query is not None and operation.output_shape is not None:
                names_something(query, options["query"], operation.output_shape)
        except Wrong as error:
            return {"outcome": "wrong", "reason": str(error)}, ""
        try:
            answer = getattr(self.client(service), xform_name(operation.name))(**params)
        except botocore.exceptions.ClientError as error:
            return self.refused(error), printed(None, options)
        except Exception as error:  # moto's own faults show as answers that can't be read
            return {"outcome": "validated", "reason": f"the emulator fails ({type(error).__name__})"}, printed(None, options)
        answer.pop("ResponseMetadata", None)
        body = {key: value.read().decode() if hasattr(value, "read") else value for key, value in answer.items()}
        return {"outcome": "ran"}, printed(query.search(body) if query else body, options)

    def refused(self, error):
        code = error.response.get("Error", {}).get("Code", "")
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        if status in (500, 501) or code in ("404", "NotImplemented", "UnknownOperationException", "InvalidAction"):
            return {"outcome": "validated", "reason": "the emulator has no such operation"}
        return {"outcome": "validated", "reason": f"nothing of that name in the emulated account ({code})"}

    def read(self, words):
        if len(words) < 2:
            raise Wrong("an operation is missing")
        command, name, rest = words[0], words[1], words[2:]
        own = OWN.get((command, name))
        if own is not None:
            options = options_of(rest, {**GLOBAL, **own}, 1)
            return command, None, {key: value[0] for key, value in options.items() if value and key == "query"}, True
        service = SERVICES.get(command, command)
        try:
            model = self.session.get_service_model(service)
        except botocore.exceptions.UnknownServiceError:
            raise Wrong(f"there is no service {command}") from None
        operations = {xform_name(it, "-"): it for it in model.operation_names}
        if name not in operations:
            raise Wrong(f"{command} has no operation {name}")
        operation = model.operation_model(operations[name])
        members = operation.input_shape.members if operation.input_shape else {}
        options, params = parameters(rest, members, 1 if (command, name) in POSITIONAL else 0)
        if (command, name) in POSITIONAL and not options["positional"]:
            raise Wrong(f"{command} {name} lacks {POSITIONAL[(command, name)]}")
        options["params"] = params
        return service, operation, options, False

def parameters(words, members, positionals):
    by_name = {xform_name(name, "-"): (name, shape) for name, shape in members.items()}
    known = {**GLOBAL, **{name: VALUES.get(shape.type_name, 1) for name, (_, shape) in by_name.items()}}
    known |= {f"no-{name}": 0 for name, (_, shape) in by_name.items() if shape.type_name == "boolean"}
    given = options_of(words, known, positionals)
    options, params = {"positional": given.pop("", [])}, {}
    for option, values in given.items():
        name = option[3:] if option.startswith("no-") and option[3:] in by_name else option
        if name not in by_name:
            options[option] = values[0] if values else True
            continue
        member, shape = by_name[name]
        binary = "raw-in-base64-out" in given.get("cli-binary-format", [])
        params[member] = option == name if shape.type_name == "boolean" else valued(shape, values, name, binary)
    return options, params

def options_of(words, known, positionals):
    """Values by option; those without one under the empty name."""
    given, current = {"": []}, ""
    for word in words:
        if word.startswith("--"):
            current, _, value = word[2:].partition("=")
            if current not in known:
                raise Wrong(f"--{current} is no option of it")
            if current in given and current not in GLOBAL:
                raise Wrong(f"--{current} is there twice")
            given[current] = [value] if value else []
        elif current != "" and len(given[current]) < known[current]:
            given[current].append(word)
        else:
            given[""].append(word)
    if len(given[""]) > positionals:
        raise Wrong(f"{given[''][positionals]!r} is no option of it")
    for name, values in given.items():
        if name and known[name] and not values:
            raise Wrong(f"--{name} has no value")
    return given

def valued(shape, words, name, binary=False):
    """The value of an option: words as they are, JSON, or the CLI's shorthand."""
    if shape.type_name == "list":
        if len(words) == 1 and words[0].lstrip().startswith("["):
            return json_of(words[0], name)
        return [valued(shape.member, [word], name) for word in words]
    if len(words) != 1:
        raise Wrong(f"--{name} takes one value, not {len(words)}")
    (word,) = words
    if shape.type_name in ("structure", "map"):
        return json_of(word, name) if word.lstrip().startswith("{") else Shorthand(word, name).read(shape)
    return scalar(shape, word, name, binary)

def scalar(shape, word, name, binary=False):
    try:
        if shape.type_name in ("integer", "long"):
            return int(word)
        if shape.type_name in ("float", "double"):
            return float(word)
        if shape.type_name == "blob":
            return word.encode() if binary else base64.b64decode(word, validate=True)
    except ValueError:
        raise Wrong(f"--{name} takes a {shape.type_name}, not {word!r}") from None
    if shape.type_name == "boolean":
        if word not in ("true", "false"):
            raise Wrong(f"--{name} takes true or false, not {word!r}")
        return word == "true"
    return word

def json_of(text, name):
    try:
        return json.loads(text)
    except ValueError as error:
        raise Wrong(f"--{name} is no JSON: {error}") from None

class Shorthand:
    """`Key=value,Key=value,value`, with `{…}` for maps and `[…]` for lists inside."""

    def __init__(self, text, name):
        self.text, self.name, self.at = text, name, 0

    def read(self, shape):
        value = self.pairs(shape, "")
        if self.at < len(self.text):
            raise Wrong(f"--{self.name}: what is {self.text[self.at:]!r} in {self.text!r}?")
        return value

    def pairs(self, shape, end):
        result = {}
        while self.at < len(self.text) and self.text[self.at] not in end:
            key = self.until("=")
            if self.at >= len(self.text):
                raise Wrong(f"--{self.name}: {key!r} of {self.text!r} has no value")
            self.at += 1
            member = self.member(shape, key)
            if member is None:
                raise Wrong(f"--{self.name} has no {key}")
            result[key] = self.value(member, end)
        return result

    def value(self, shape, end):
        if shape.type_name in ("structure", "map") and self.peek("{"):
            self.at += 1
            value = self.pairs(shape, "}")
            self.at += 1
        elif shape.type_name == "list":
            value = self.items(shape, end)
        else:
            value = scalar(shape, self.until("," + end), self.name)
        if self.peek(","):
            self.at += 1
        return value

    def items(self, shape, end):
        bracketed = self.peek("[")
        self.at += bracketed
        end = "]" if bracketed else end
        items = []
        while True:
            items.append(scalar(shape.member, self.until("," + end), self.name))
            # Without brackets the next piece with a `=` is the next key.
            rest = self.text[self.at + 1:].split(",", 1)[0]
            if not self.peek(",") or (not bracketed and "=" in rest):
                break
            self.at += 1
        self.at += bracketed
        return items

    def member(self, shape, key):
        return shape.members.get(key) if shape.type_name == "structure" else shape.value

    def until(self, ends):
        start = self.at
        while self.at < len(self.text) and self.text[self.at] not in ends:
            self.at += 1
        return self.text[start:self.at]

    def peek(self, text):
        return self.text.startswith(text, self.at)

def enums(value, shape, where=""):
    """botocore leaves values of enumerations to the service."""
    if shape is None or value is None:
        return
    if shape.type_name == "structure":
        for key, item in value.items():
            enums(item, shape.members.get(key), f"{where}.{key}")
    elif shape.type_name == "list":
        for item in value:
            enums(item, shape.member, where)
    elif shape.type_name == "string" and shape.enum and value not in shape.enum:
        raise Wrong(f"{where.lstrip('.')} has no value {value!r}")

def compiled(query):
    try:
        return None if query is None else jmespath.compile(query)
    except jmespath.exceptions.JMESPathError as error:
        raise Wrong(f"--query: {' '.join(str(error).split())}") from None

def names_something(query, text, shape):
    """A query of names that no answer has is empty for ever. What a filter lets through can't be told."""
    if "[?" in text:
        return
    try:
        found = query.search(sample(shape, 0))
    except jmespath.exceptions.JMESPathError as error:
        raise Wrong(f"--query: {' '.join(str(error).split())}") from None
    if holds_nothing(found):
        raise Wrong(f"--query {text}: no answer has that")

def holds_nothing(value):
    return value is None or (isinstance(value, list) and (not value or any(holds_nothing(it) for it in value)))

def sample(shape, depth):
    """An answer with a value for everything; lists are long enough for any slice of a runbook."""
    kind = shape.type_name
    if kind == "structure":
        return {name: sample(member, depth + 1) for name, member in shape.members.items()} if depth < 8 else {}
    if kind == "list":
        return [sample(shape.member, depth + 1)] * 3 if depth < 8 else []
    if kind == "map":
        return AnyKey(sample(shape.value, depth + 1) if depth < 8 else {})
    return {"integer": 1, "long": 1, "float": 1.0, "double": 1.0, "boolean": True}.get(kind, "text")

class AnyKey(dict):
    """A map that has something for every key."""

    def __init__(self, value):
        super().__init__(key=value)
        self.value = value

    def get(self, key, default=None):
        return self.value

def printed(value, options):
    if options.get("output") != "text":
        return json.dumps(value, default=str)
    if isinstance(value, list):
        return "\t".join(printed(item, options) for item in value)
    return "None" if value is None else value if isinstance(value, str) else json.dumps(value, default=str)

class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        words = self.rfile.read().decode().split("\0")[:-1]
        result, output = ({"outcome": END}, "") if words == [END] else self.server.commands.run(words)
        with self.server.lock:
            print(json.dumps({"words": words, **result}), flush=True)
        self.wfile.write(output.encode())

class Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

def main():
    place, endpoint = sys.argv[1:]
    server = Server(place, Handler)
    server.commands, server.lock = Commands(endpoint), threading.Lock()
    seed(server.commands.client)
    print("ready", flush=True)
    server.serve_forever()

if __name__ == "__main__":
    main()
