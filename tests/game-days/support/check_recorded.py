"""Checks recorded answers of AWS Fault Injection Service against botocore's model: one line for each that differs."""

import json
import sys

import botocore.session
import botocore.validate

model = botocore.session.get_session().get_service_model("fis")
for file in sys.argv[1:]:
    with open(file, encoding="utf8") as text:
        recording = json.load(text)
    for operation, answers in recording.items():
        if operation == "label":
            continue
        shape = model.operation_model(operation).output_shape
        for number, answer in enumerate(answers):
            report = botocore.validate.ParamValidator().validate(answer, shape)
            if report.has_errors():
                print(f"{file}: {operation}[{number}]: {' '.join(report.generate_report().split())}")
            for name in ("experiment",):
                status = answer.get(name, {}).get("state", {}).get("status")
                if status is not None and status not in shape.members[name].members["state"].members["status"].enum:
                    print(f"{file}: {operation}[{number}]: there is no status {status}")
