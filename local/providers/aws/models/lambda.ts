import { createHash } from "node:crypto";
import type { Props } from "../../../account/store";
import { inRange, oneOf, shaped } from "../checks";
import { requireKeyUse } from "../key-grants";
import { AwsError, type Model } from "../model";
import { requireGroupsIn, vpcOf } from "../placement";
import { requireTrust } from "../policy-documents";
import { assetHash } from "../properties";
import { hexOf, mapOf, stringsAt, text, type World } from "../world";
import { SUBNET } from "./ec2";
import { ROLE } from "./iam";
import { FUNCTION, functionNamed, PERMISSION } from "./lambda-types";
import { LOG_GROUP } from "./logs";
import { SECURITY_GROUP } from "./vpc-access";

/** Runtimes that functions can still be made with. */
const RUNTIMES = ["nodejs22.x", "nodejs24.x", "python3.12", "python3.13", "python3.14", "provided.al2023"];

/** Concurrent executions of an account; all but this many can be reserved. */
const CONCURRENCY = { code: "L-B99A9384", limit: 1000 };
const UNRESERVED = 100;

const lambdaFunction: Model = {
  type: FUNCTION,
  source: "internal/service/lambda/function.go",
  forceNew: ["name", "packageType", "tenancyConfig"],
  kept: ["architectures", "ephemeralStorage", "loggingConfig", "sourceCodeHash", "tracingConfig"],
  autoName: "name",
  // A function in a VPC waits for its network interface.
  seconds: 20,
  taggable: true,
  computed: [
    "arn",
    "codeSha256",
    "invokeArn",
    "lastModified",
    "qualifiedArn",
    "qualifiedInvokeArn",
    "responseStreamingInvokeArn",
    "signingJobArn",
    "signingProfileVersionArn",
    "sourceCodeHash",
    "sourceCodeSize",
    "version",
  ],
  defaults: {
    memorySize: 128,
    packageType: "Zip",
    publish: false,
    reservedConcurrentExecutions: -1,
    skipDestroy: false,
    timeout: 3,
  },
  references: {
    role: { types: [ROLE], by: "arn" },
    "vpcConfig.subnetIds": { types: [SUBNET], by: "id" },
    "vpcConfig.securityGroupIds": { types: [SECURITY_GROUP], by: "id" },
    "loggingConfig.logGroup": { types: [LOG_GROUP], by: "id" },
  },
  check: (inputs) => [
    ...shaped(inputs, "name", /^[a-zA-Z0-9_-]{1,64}$/, "1 to 64 letters, digits, hyphens, underscores"),
    ...inRange(inputs, "memorySize", 128, 10_240),
    ...inRange(inputs, "timeout", 1, 900),
    ...oneOf(inputs, "architectures", ["arm64", "x86_64"]),
    ...oneOf(inputs, "packageType", ["Zip", "Image"]),
    ...checkPackage(inputs),
  ],
  unique: (inputs) => ({
    claim: text(inputs, "name"),
    taken: `ResourceConflictException: Function already exist: ${text(inputs, "name")}`,
  }),
  verify: verifyFunction,
  change: (_from, to) => ({ ...to, computed: { ...to.computed, ...codeFacts(to.inputs) } }),
  make: (inputs, world) => {
    const id = text(inputs, "name");
    const arn = world.arn("lambda", `function:${id}`);
    const invoke = (target: string) =>
      `arn:aws:apigateway:${world.place.region}:lambda:path/2015-03-31/functions/${target}/invocations`;
    return {
      id,
      computed: {
        arn,
        invokeArn: invoke(arn),
        qualifiedArn: `${arn}:$LATEST`,
        qualifiedInvokeArn: invoke(`${arn}:$LATEST`),
        responseStreamingInvokeArn: invoke(arn)
          .replace("2015-03-31", "2021-11-15")
          .replace(/invocations$/, "response-streaming-invocations"),
        version: "$LATEST",
        signingJobArn: "",
        signingProfileVersionArn: "",
        ...codeFacts(inputs),
      },
    };
  },
};

const permission: Model = {
  type: PERMISSION,
  source: "internal/service/lambda/permission.go",
  forceNew: [
    "action",
    "eventSourceToken",
    "function",
    "functionUrlAuthType",
    "invokedViaFunctionUrl",
    "principal",
    "principalOrgId",
    "qualifier",
    "sourceAccount",
    "sourceArn",
    "statementId",
    "statementIdPrefix",
  ],
  autoName: "statementId",
  seconds: 1,
  taggable: false,
  computed: ["statementId"],
  check: (inputs) => [
    ...shaped(inputs, "action", /^(lambda:[*]|lambda:[a-zA-Z]+|[*])$/, "an action of Lambda"),
    ...shaped(
      inputs,
      "statementId",
      /^[a-zA-Z0-9_-]{1,100}$/,
      "1 to 100 letters, digits, hyphens, underscores",
    ),
  ],
  unique: (inputs) => ({
    claim: `${text(inputs, "function")} ${text(inputs, "statementId")}`,
    taken: `ResourceConflictException: The statement id (${text(inputs, "statementId")}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
  }),
  verify: (inputs, world) => {
    functionNamed(world, text(inputs, "function"));
    const principal = text(inputs, "principal");
    if (!/^(\*|\d{12}|arn:aws:iam::.+|[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com)$/.test(principal)) {
      throw new AwsError(
        "InvalidParameterValueException",
        `The provided principal was invalid: ${principal}`,
      );
    }
  },
  make: (inputs) => {
    // The provider's id is the statement's alone; here it has to tell the statements of two functions apart.
    const id = `${text(inputs, "function")}/${text(inputs, "statementId")}`;
    return { id, computed: {} };
  },
};

export const lambdaModels: readonly Model[] = [lambdaFunction, permission];

/** What is known only from the code: the engine's hash stands for the package's own. */
function codeFacts(inputs: Props): Props {
  const hash = assetHash(inputs["code"]) ?? hexOf(JSON.stringify([inputs["imageUri"], inputs["s3Key"]]), 64);
  const codeSha256 = createHash("sha256").update(hash).digest("base64");
  return {
    codeSha256,
    ...(inputs["sourceCodeHash"] === undefined ? { sourceCodeHash: codeSha256 } : {}),
    sourceCodeSize: 1024 + (Number.parseInt(hash.slice(0, 4), 16) % 65_536),
    lastModified: new Date().toISOString().replace("Z", "+0000"),
  };
}

function checkPackage(inputs: Props) {
  const sources = ["code", "imageUri", "s3Bucket"].filter((property) => inputs[property] !== undefined);
  const isZip = (inputs["packageType"] ?? "Zip") === "Zip";
  return [
    ...(sources.length === 1
      ? []
      : [{ property: "code", reason: "exactly one of code, imageUri, s3Bucket must be set" }]),
    ...(isZip && (inputs["handler"] === undefined || inputs["runtime"] === undefined)
      ? [{ property: "handler", reason: "handler and runtime must be set when packageType is Zip" }]
      : []),
  ];
}

function verifyFunction(inputs: Props, world: World): void {
  requireTrust(world, text(inputs, "role"), "lambda.amazonaws.com");
  const runtime = inputs["runtime"];
  if (typeof runtime === "string" && !RUNTIMES.includes(runtime)) {
    throw new AwsError(
      "InvalidParameterValueException",
      `The runtime parameter of ${runtime} is no longer supported for creating or updating AWS Lambda functions.`,
    );
  }
  const subnets = stringsAt(inputs, "vpcConfig.subnetIds");
  const groups = stringsAt(inputs, "vpcConfig.securityGroupIds");
  if (subnets.length > 0 !== groups.length > 0) {
    throw new AwsError(
      "InvalidParameterValueException",
      "SubnetIds and SecurityIds must coexist or be both empty list.",
    );
  }
  if (subnets.length > 0) {
    requireGroupsIn(world, vpcOf(world, subnets), groups);
  }
  if (typeof inputs["kmsKeyArn"] === "string") {
    requireKeyUse(world, inputs["kmsKeyArn"], "lambda");
  }
  const variables = JSON.stringify(mapOf(mapOf(inputs["environment"])["variables"]));
  if (Buffer.byteLength(variables) > 4096) {
    throw new AwsError(
      "InvalidParameterValueException",
      "Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit.",
    );
  }
  requireConcurrency(Number(inputs["reservedConcurrentExecutions"] ?? -1), world);
}

/** What is reserved for some functions is taken from all others, which keep a minimum. */
function requireConcurrency(wanted: number, world: World): void {
  if (wanted < 0) {
    return;
  }
  const limit = world.quota(CONCURRENCY);
  const least = Math.min(UNRESERVED, limit);
  const reserved = world
    .all(FUNCTION)
    .reduce((sum, { inputs }) => sum + Math.max(0, Number(inputs["reservedConcurrentExecutions"] ?? 0)), 0);
  if (reserved + wanted > limit - least) {
    throw new AwsError(
      "InvalidParameterValueException",
      `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${least}].`,
    );
  }
}
