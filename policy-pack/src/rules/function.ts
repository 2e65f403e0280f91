import { bad, good, propertyRule } from "../engine/demand";
import { fail } from "../engine/judge";
import { isNoSecretName } from "../engine/secret-name";
import { hasForm, isGiven, isNoneOf, isOneOf, orMade, orLeftOut } from "../engine/must";
import { texts } from "../engine/setting";

const FUNCTION = "aws:lambda/function:Function";

interface RuntimeConfig {
  readonly runtimes: readonly string[];
}

/** Functions run on what AWS still mends, and write where key and retention are ours. */
export const functionRuntime = propertyRule<RuntimeConfig>({
  id: "function-runtime",
  title: "Lambda functions run on a supported runtime and write to a log group of the program",
  severity: "high",
  type: FUNCTION,
  refs: {
    checkov: ["CKV_AWS_363"],
    securityHub: ["Lambda.2"],
    cdkNag: ["AwsSolutions-L1"],
    prowler: ["awslambda_function_using_supported_runtimes"],
  },
  gdpr: ["5(1)(e)", "32(1)(b)"],
  rationale:
    "AWS mends no old runtime. A log group that Lambda makes by itself has no key of ours and keeps for ever.",
  remediation: "set runtime to a supported one and loggingConfig.logGroup to a log group of the program",
  configSchema: {
    runtimes: texts("Supported runtimes, as of November 2026.", [
      "nodejs22.x",
      "nodejs24.x",
      "python3.12",
      "python3.13",
      "python3.14",
      "provided.al2023",
    ]),
  },
  demands: [
    { finding: "runtime", at: "runtime", must: ({ runtimes }) => orLeftOut(isOneOf(runtimes)) },
    { finding: "no-log-group", at: "loggingConfig.logGroup", must: isGiven },
    { finding: "log-format", at: "loggingConfig.logFormat", must: isOneOf(["JSON"]) },
  ],
  examples: {
    good: {
      runtime: "nodejs24.x",
      loggingConfig: { logFormat: "JSON", logGroup: "/streamflix/dev/rotation" },
    },
    pass: [good("container image", { runtime: null })],
    fail: [
      bad("old runtime", { runtime: "nodejs16.x" }, "runtime"),
      bad("AWS's own log group", { "loggingConfig.logGroup": null }, "no-log-group"),
      bad("nothing said about logs", { loggingConfig: null }, ["no-log-group", "log-format"]),
    ],
    unknown: ["runtime", "loggingConfig.logFormat"],
    made: ["loggingConfig.logGroup"],
  },
});

/** Secrets come from where they are kept, not from a function's settings. */
export const functionSecrets = propertyRule({
  id: "function-no-secrets",
  title: "Lambda functions get no secret through their environment",
  severity: "high",
  type: FUNCTION,
  refs: {
    checkov: ["CKV_AWS_45"],
    prowler: ["awslambda_function_no_secrets_in_variables"],
  },
  gdpr: ["32(1)(a)", "32(1)(b)"],
  rationale: "Everybody who may list functions reads their environment.",
  remediation: "give the function the secret's ARN and let it read the secret",
  demands: [{ finding: "secret", at: "environment.variables#", must: isNoSecretName }],
  examples: {
    good: { environment: { variables: { DATABASE_SECRET_ARN: "x", STAGE: "dev" } } },
    pass: [good("no environment", { environment: null })],
    fail: [bad("password", { "environment.variables.DB_PASSWORD": "x" }, "secret")],
    unknown: ["environment", "environment.variables"],
  },
});

interface NetworkConfig {
  readonly outside: readonly string[];
}

/** Functions go out the way all others do. */
export const functionNetwork = propertyRule<NetworkConfig>({
  id: "function-in-vpc",
  title: "Lambda functions run in the VPC, in a security group of ours",
  severity: "medium",
  type: FUNCTION,
  refs: { checkov: ["CKV_AWS_117"], securityHub: ["Lambda.3"], prowler: ["awslambda_function_inside_vpc"] },
  gdpr: ["25", "32(1)(b)"],
  rationale: "Outside the VPC neither endpoint policies nor flow logs see what the function sends.",
  remediation: "set vpcConfig with the private subnets and a security group of the function's own",
  configSchema: { outside: texts("Names of functions that only call AWS and may run outside.", []) },
  skip: {
    reads: ["name"],
    why: (props, { outside }) => {
      const name = props.string("name");
      const isListed = name.kind === "known" && outside.includes(name.value);
      return isListed ? "the settings let the function run outside the VPC" : undefined;
    },
  },
  demands: [
    { finding: "no-subnets", at: "vpcConfig.subnetIds", must: isGiven },
    { finding: "no-security-group", at: "vpcConfig.securityGroupIds", must: isGiven },
  ],
  examples: {
    good: { name: "rotation", vpcConfig: { subnetIds: ["subnet-0a1b"], securityGroupIds: ["sg-0a1b"] } },
    fail: [
      bad("outside", { vpcConfig: null }, ["no-subnets", "no-security-group"]),
      bad("no subnets", { "vpcConfig.subnetIds": [] }, "no-subnets"),
      bad("default security group", { "vpcConfig.securityGroupIds": null }, "no-security-group"),
    ],
    made: ["vpcConfig.subnetIds", "vpcConfig.securityGroupIds"],
    notApplicable: [good("outside by configuration", { vpcConfig: null }, { outside: ["rotation"] })],
  },
});

/** Functions are called by whom we know. */
export const functionPermission = propertyRule({
  id: "function-permission",
  title: "Permissions of Lambda functions name a caller, and for services whose resource calls",
  severity: "critical",
  type: "aws:lambda/permission:Permission",
  refs: {
    checkov: ["CKV_AWS_301", "CKV_AWS_364"],
    securityHub: ["Lambda.1"],
    cdkNag: ["LambdaFunctionPublicAccessProhibited"],
    prowler: ["awslambda_function_not_publicly_accessible"],
  },
  gdpr: ["25", "32(1)(b)"],
  rationale:
    "A service calls for every account that asks it to, unless the permission says whose resource may ask.",
  remediation: "name the principal, and set sourceAccount and sourceArn",
  demands: [
    { finding: "anyone", at: "principal", must: hasForm(/^[^*]+$/, "a service, an account or a role") },
    { finding: "any-url", at: "functionUrlAuthType", must: orLeftOut(isNoneOf(["none"])) },
    {
      finding: "wildcard",
      at: "sourceArn",
      must: orMade(orLeftOut(hasForm(/^arn:[^*]+:/, "an ARN of one account"))),
    },
  ],
  also: {
    reads: ["principal", "sourceAccount", "sourceArn"],
    judge: (props) => {
      const principal = props.string("principal");
      const isService = principal.kind === "known" && principal.value.endsWith(".amazonaws.com");
      const isHeld = ["sourceAccount", "sourceArn"].some((name) => props.string(name).kind !== "absent");
      const problem = "neither sourceAccount nor sourceArn says whose resource may call";
      return isService && !isHeld ? [fail("any-source", problem, "Required: one of them")] : [];
    },
  },
  examples: {
    good: {
      principal: "secretsmanager.amazonaws.com",
      sourceAccount: "111122223333",
      sourceArn: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:x",
    },
    pass: [
      good("a role", { principal: "arn:aws:iam::111122223333:role/x", sourceAccount: null, sourceArn: null }),
      good("by account alone", { sourceArn: null }),
    ],
    fail: [
      bad("anyone", { principal: "*" }, "anyone"),
      bad("nobody named", { principal: null }, "anyone"),
      bad("any resource", { sourceAccount: null, sourceArn: null }, "any-source"),
      bad("any ARN", { sourceArn: "*" }, "wildcard"),
      bad("URL for all", { functionUrlAuthType: "NONE" }, "any-url"),
    ],
    unknown: ["principal"],
    made: ["sourceArn"],
  },
});

/** A function's URL asks who calls. */
export const functionUrl = propertyRule({
  id: "function-url",
  title: "Function URLs ask for IAM credentials and name the origins of browsers",
  severity: "critical",
  type: "aws:lambda/functionUrl:FunctionUrl",
  refs: {
    checkov: ["CKV_AWS_258"],
    cdkNag: ["LambdaFunctionUrlAuth"],
    prowler: ["awslambda_function_url_public", "awslambda_function_url_cors_policy"],
  },
  gdpr: ["25", "32(1)(b)"],
  rationale: "A URL is on the Internet, beside the API and its firewall.",
  remediation: "set authorizationType to AWS_IAM, and name the origins in cors.allowOrigins",
  demands: [
    { finding: "open", at: "authorizationType", must: isOneOf(["AWS_IAM"]) },
    { finding: "any-origin", at: "cors.allowOrigins[]", must: isNoneOf(["*"]) },
  ],
  examples: {
    good: { authorizationType: "AWS_IAM", cors: { allowOrigins: ["https://streamflix.example"] } },
    pass: [good("no browsers", { cors: null })],
    fail: [
      bad("open", { authorizationType: "NONE" }, "open"),
      bad("every page", { "cors.allowOrigins": ["*"] }, "any-origin"),
    ],
    unknown: ["authorizationType", "cors"],
  },
});
