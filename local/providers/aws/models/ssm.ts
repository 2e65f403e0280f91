import { exclusive, oneOf, shaped } from "../checks";
import { requireKeyUse } from "../key-grants";
import { AwsError, type Model } from "../model";
import { text } from "../world";

/** Bytes of a value, by tier. */
const VALUE_BYTES: Readonly<Record<string, number>> = {
  Standard: 4096,
  Advanced: 8192,
  "Intelligent-Tiering": 8192,
};

/** Levels of a name's hierarchy. */
const LEVELS = 15;

const parameter: Model = {
  type: "aws:ssm/parameter:Parameter",
  source: "internal/service/ssm/parameter.go",
  forceNew: ["dataType", "name"],
  forceNewIf: { tier: (from, to) => from["tier"] === "Advanced" && to["tier"] === "Standard" },
  kept: ["arn", "dataType", "insecureValue", "keyId", "tier", "value"],
  autoName: "name",
  seconds: 1,
  taggable: true,
  computed: ["arn", "hasValueWo", "version"],
  defaults: { dataType: "text", tier: "Standard" },
  check: (inputs) => [
    ...oneOf(inputs, "type", ["String", "StringList", "SecureString"]),
    ...oneOf(inputs, "tier", Object.keys(VALUE_BYTES)),
    ...shaped(inputs, "name", /^[\w./-]{1,2048}$/, "letters, digits and _.-/"),
    ...exclusive(inputs, "value", "insecureValue", "valueWo"),
    ...(inputs["type"] === "SecureString" && inputs["insecureValue"] !== undefined
      ? [
          {
            property: "insecureValue",
            reason: "invalid configuration, cannot set type = SecureString and insecureValue",
          },
        ]
      : []),
  ],
  unique: (inputs) => ({
    claim: text(inputs, "name"),
    taken: `ParameterAlreadyExists: The parameter already exists. To overwrite this value, set the overwrite option in the request to true: ${text(inputs, "name")}`,
  }),
  verify: (inputs, world) => {
    requireName(text(inputs, "name"));
    const value = inputs["value"] ?? inputs["insecureValue"] ?? inputs["valueWo"];
    if (typeof value !== "string" || value === "") {
      throw new AwsError("ValidationException", "A parameter needs a value of one character at least.");
    }
    const limit = VALUE_BYTES[text(inputs, "tier")] ?? 0;
    if (Buffer.byteLength(value) > limit) {
      throw new AwsError(
        "ValidationException",
        `${text(inputs, "tier")} tier parameters support a maximum parameter value of ${limit} characters.`,
      );
    }
    const pattern = inputs["allowedPattern"];
    if (typeof pattern === "string" && !new RegExp(pattern).test(value)) {
      throw new AwsError(
        "ParameterPatternMismatchException",
        `Parameter value does not match the pattern ${pattern}`,
      );
    }
    if (
      inputs["type"] === "SecureString" &&
      typeof inputs["keyId"] === "string" &&
      !inputs["keyId"].startsWith("alias/aws/")
    ) {
      requireKeyUse(world, inputs["keyId"], "ssm");
    }
  },
  change: (_from, to) => ({
    ...to,
    computed: { ...to.computed, version: Number(to.computed["version"] ?? 0) + 1 },
  }),
  make: (inputs, world) => {
    const name = text(inputs, "name");
    const arn = world.arn("ssm", `parameter${name.startsWith("/") ? name : `/${name}`}`);
    return { id: name, computed: { arn, version: 1, hasValueWo: inputs["valueWo"] !== undefined } };
  },
};

const document: Model = {
  type: "aws:ssm/document:Document",
  source: "internal/service/ssm/document.go",
  forceNew: ["documentType", "name"],
  autoName: "name",
  seconds: 2,
  taggable: true,
  computed: [
    "arn",
    "createdDate",
    "defaultVersion",
    "documentVersion",
    "hash",
    "hashType",
    "latestVersion",
    "owner",
    "schemaVersion",
    "status",
  ],
  defaults: { documentFormat: "JSON" },
  check: (inputs) => [
    ...shaped(inputs, "name", /^[\w.-]{3,128}$/, "3 to 128 letters, digits and _.-"),
    ...oneOf(inputs, "documentFormat", ["JSON", "TEXT", "YAML"]),
  ],
  unique: (inputs) => ({
    claim: text(inputs, "name"),
    taken: `DocumentAlreadyExists: The specified document already exists: ${text(inputs, "name")}`,
  }),
  verify: (inputs) => {
    if (inputs["documentFormat"] === "JSON" && !isJson(text(inputs, "content"))) {
      throw new AwsError("InvalidDocumentContent", "The content of the document isn't valid JSON.");
    }
  },
  make: (inputs, world) => {
    const name = text(inputs, "name");
    return {
      id: name,
      computed: {
        arn: world.arn("ssm", `document/${name}`),
        createdDate: new Date().toISOString(),
        defaultVersion: "1",
        documentVersion: "1",
        hashType: "Sha256",
        latestVersion: "1",
        owner: world.place.account,
        status: "Active",
      },
    };
  },
};

export const ssmModels: readonly Model[] = [parameter, document];

function requireName(name: string): void {
  const refuse = (problem: string) =>
    new AwsError("ValidationException", `Parameter name ${name}: ${problem}`);
  if (name.includes("/") && !name.startsWith("/")) {
    throw refuse("must be a fully qualified name, with a slash in front.");
  }
  if (/^\/?(aws|ssm)/i.test(name)) {
    throw refuse('can\'t be prefixed with "aws" or "ssm" (case-insensitive).');
  }
  if (name.split("/").length - 1 > LEVELS) {
    throw refuse(`a hierarchy has ${LEVELS} levels at most.`);
  }
  if (/\/\/|\/$/.test(name)) {
    throw refuse("a level can't be empty.");
  }
}

function isJson(content: string): boolean {
  try {
    JSON.parse(content);
    return true;
  } catch {
    return false;
  }
}
