import { bad, good, propertyRule } from "../engine/demand";
import { fail } from "../engine/judge";
import { hasForm, isGiven, isLeftOut, isOff, isOneOf, isTrue, includes, orLeftOut } from "../engine/must";
import { texts } from "../engine/setting";
import { isNoSecretName } from "../engine/secret-name";

const TASK = "aws:ecs/taskDefinition:TaskDefinition";
const image = `111122223333.dkr.ecr.eu-central-1.amazonaws.com/streamflix/service@sha256:${"0".repeat(64)}`;

const container = {
  image,
  user: "1000:1000",
  privileged: false,
  readonlyRootFilesystem: true,
  linuxParameters: { capabilities: { drop: ["ALL"] } },
  logConfiguration: { logDriver: "awslogs" },
  environment: [{ name: "PORT", value: "8080" }],
};
const task = { networkMode: "awsvpc", containerDefinitions: [container] };
const asText = { containerDefinitions: JSON.stringify([container]) };

/** A container that is taken over can do little. */
export const taskHardened = propertyRule({
  id: "task-hardened",
  title: "Containers run as a user without rights, on a file system they can't write to",
  severity: "high",
  type: TASK,
  refs: {
    checkov: ["CKV_AWS_334", "CKV_AWS_335", "CKV_AWS_336"],
    securityHub: ["ECS.1", "ECS.3", "ECS.4", "ECS.5"],
    prowler: [
      "ecs_task_definitions_containers_readonly_access",
      "ecs_task_definitions_no_privileged_containers",
      "ecs_task_definitions_host_namespace_not_shared",
    ],
  },
  gdpr: ["25", "32(1)(b)"],
  rationale: "Whoever gets into the service reads what the service may read; without rights he stays there.",
  remediation:
    "set user to an id above 0, readonlyRootFilesystem to true, drop ALL capabilities, and leave privileged, pidMode and ipcMode away",
  demands: [
    { finding: "privileged", at: "containerDefinitions{}[].privileged", must: isOff },
    { finding: "writable-root", at: "containerDefinitions{}[].readonlyRootFilesystem", must: isTrue },
    {
      finding: "root-user",
      at: "containerDefinitions{}[].user",
      must: hasForm(/^(?!0+(:|$)|root\b).+/, "a user who is not root"),
    },
    {
      finding: "capabilities",
      at: "containerDefinitions{}[].linuxParameters.capabilities.drop",
      must: includes("ALL"),
    },
    { finding: "added", at: "containerDefinitions{}[].linuxParameters.capabilities.add", must: isLeftOut },
    { finding: "network", at: "networkMode", must: isOneOf(["awsvpc"]) },
    { finding: "host-processes", at: "pidMode", must: orLeftOut(isOneOf(["task"])) },
    { finding: "host-memory", at: "ipcMode", must: orLeftOut(isOneOf(["task", "none"])) },
  ],
  examples: {
    good: task,
    pass: [good("containers as JSON text", asText), good("shared inside the task", { pidMode: "task" })],
    fail: [
      bad("privileged", { "containerDefinitions[0].privileged": true }, "privileged"),
      bad("writes to its image", { "containerDefinitions[0].readonlyRootFilesystem": null }, "writable-root"),
      bad("root", { "containerDefinitions[0].user": "0:0" }, "root-user"),
      bad("the image's user", { "containerDefinitions[0].user": null }, "root-user"),
      bad("keeps Docker's rights", { "containerDefinitions[0].linuxParameters": null }, "capabilities"),
      bad(
        "takes rights back",
        { "containerDefinitions[0].linuxParameters.capabilities.add": ["SYS_PTRACE"] },
        "added",
      ),
      bad("the host's network", { networkMode: "host" }, "network"),
      bad("the host's processes", { pidMode: "host" }, "host-processes"),
      bad("the host's memory", { ipcMode: "host" }, "host-memory"),
      bad("not JSON", { containerDefinitions: "[" }, "rule-error"),
    ],
    unknown: ["networkMode", "pidMode", "ipcMode"],
  },
});

interface ImageConfig {
  readonly regions: readonly string[];
}

/** What runs is what was tested. */
export const taskImages = propertyRule<ImageConfig>({
  id: "task-images-pinned",
  title: "Containers run images pinned by digest from a registry of the account's region",
  severity: "high",
  type: TASK,
  refs: { checkov: ["CKV_AWS_51"], securityHub: ["ECR.2"], prowler: ["ecr_repositories_tag_immutability"] },
  gdpr: ["32(1)(b)", "44"],
  rationale:
    "A tag can be moved to other content after the review, and a public registry may be gone when tasks start.",
  remediation: "write image as <account>.dkr.ecr.<region>.amazonaws.com/<repository>@sha256:<digest>",
  configSchema: { regions: texts("Regions of registries.", ["eu-central-1"]) },
  demands: [
    {
      finding: "image",
      at: "containerDefinitions{}[].image",
      must: ({ regions }) =>
        hasForm(
          new RegExp(
            `^\\d{12}\\.dkr\\.ecr\\.(${regions.join("|")})\\.amazonaws\\.com/[^@]+@sha256:[0-9a-f]{64}$`,
          ),
          `a digest in ECR of ${regions.join(" or ")}`,
        ),
    },
  ],
  examples: {
    good: task,
    pass: [good("containers as JSON text", asText)],
    fail: [
      bad("tag", { "containerDefinitions[0].image": image.replace(/@.*/, ":latest") }, "image"),
      bad("public registry", { "containerDefinitions[0].image": `nginx@sha256:${"0".repeat(64)}` }, "image"),
      bad(
        "registry elsewhere",
        { "containerDefinitions[0].image": image.replace("central", "west") },
        "image",
      ),
      bad("no image", { "containerDefinitions[0].image": null }, "image"),
    ],
    unknown: ["containerDefinitions", "containerDefinitions[0].image"],
  },
});

/** Secrets come from where they are kept, not from the task's own description. */
export const taskSecrets = propertyRule({
  id: "task-no-secrets",
  title: "Containers get no secret through their environment",
  severity: "high",
  type: TASK,
  refs: {
    securityHub: ["ECS.8"],
    cdkNag: ["AwsSolutions-ECS2"],
    prowler: ["ecs_task_definitions_no_environment_secrets"],
  },
  gdpr: ["32(1)(a)", "32(1)(b)"],
  rationale: "Everybody who may describe the task reads its environment, and old revisions keep it for ever.",
  remediation: "give the secret's ARN to the container, or name it under `secrets`",
  demands: [
    { finding: "secret", at: "containerDefinitions{}[].environment[].name", must: isNoSecretName },
    { finding: "file", at: "containerDefinitions{}[].environmentFiles", must: isLeftOut },
  ],
  examples: {
    good: task,
    pass: [
      good("the name of a secret", {
        "containerDefinitions[0].environment": [{ name: "DATABASE_SECRET_ARN", value: "x" }],
      }),
      good("no environment", { "containerDefinitions[0].environment": null }),
    ],
    fail: [
      bad("password", { "containerDefinitions[0].environment[0].name": "DB_PASSWORD" }, "secret"),
      bad(
        "half of AWS credentials",
        { "containerDefinitions[0].environment[0].name": "AWS_ACCESS_KEY_ID" },
        "secret",
      ),
      bad("token in lower case", { "containerDefinitions[0].environment[0].name": "api_token" }, "secret"),
      bad(
        "file of unknown content",
        { "containerDefinitions[0].environmentFiles": [{ type: "s3" }] },
        "file",
      ),
    ],
    unknown: ["containerDefinitions[0].environment", "containerDefinitions[0].environmentFiles"],
  },
});

/** What containers say is kept. */
export const taskLogs = propertyRule({
  id: "task-logs",
  title: "Containers write their output to a log group",
  severity: "medium",
  type: TASK,
  refs: {
    securityHub: ["ECS.9"],
    cdkNag: ["AwsSolutions-ECS7"],
    prowler: ["ecs_task_definitions_logging_enabled"],
  },
  gdpr: ["32(1)(d)", "33"],
  rationale: "A task that is gone has taken its output along.",
  remediation: "set logConfiguration with the driver awslogs or awsfirelens",
  demands: [
    {
      finding: "no-log",
      at: "containerDefinitions{}[].logConfiguration.logDriver",
      must: isOneOf(["awslogs", "awsfirelens"]),
    },
  ],
  examples: {
    good: task,
    fail: [
      bad("none", { "containerDefinitions[0].logConfiguration": null }, "no-log"),
      bad("on the host", { "containerDefinitions[0].logConfiguration.logDriver": "json-file" }, "no-log"),
    ],
    unknown: ["containerDefinitions", "containerDefinitions[0].logConfiguration"],
  },
});

/** The role that starts tasks reads secrets; the code has its own. */
export const taskRoles = propertyRule({
  id: "task-roles",
  title: "Tasks have a role for their start and another for their code",
  severity: "medium",
  type: TASK,
  refs: { checkov: ["CKV_AWS_249"] },
  gdpr: ["25", "32(1)(b)"],
  rationale: "With one role the code may read every secret that the start needs, and pull every image.",
  remediation: "set executionRoleArn and taskRoleArn to roles of their own",
  demands: [
    { finding: "no-execution-role", at: "executionRoleArn", must: isGiven },
    { finding: "no-task-role", at: "taskRoleArn", must: isGiven },
  ],
  also: {
    reads: ["executionRoleArn", "taskRoleArn"],
    judge: (props) => {
      const start = props.string("executionRoleArn");
      const code = props.string("taskRoleArn");
      const isShared = start.kind === "known" && code.kind === "known" && start.value === code.value;
      return isShared
        ? [fail("shared", "executionRoleArn and taskRoleArn name the same role", "Allowed: two roles")]
        : [];
    },
  },
  examples: {
    good: { executionRoleArn: "start", taskRoleArn: "code" },
    fail: [
      bad("no role for the start", { executionRoleArn: null }, "no-execution-role"),
      bad("no role for the code", { taskRoleArn: null }, "no-task-role"),
      bad("one for both", { executionRoleArn: "code" }, "shared"),
    ],
    made: ["executionRoleArn", "taskRoleArn"],
  },
});

/** Files travel encrypted, to whom IAM admits. */
export const taskVolumes = propertyRule({
  id: "task-volumes",
  title: "Tasks mount EFS through TLS, IAM and an access point",
  severity: "high",
  type: TASK,
  refs: { checkov: ["CKV_AWS_97"], prowler: ["ecs_task_definitions_efs_transit_encryption"] },
  gdpr: ["32(1)(a)", "32(1)(b)"],
  rationale: "A mount without TLS sends files in clear; one without IAM asks nobody who mounts.",
  remediation:
    "set transitEncryption and authorizationConfig.iam to ENABLED and authorizationConfig.accessPointId to the access point",
  demands: [
    {
      finding: "clear-wire",
      at: "volumes[].efsVolumeConfiguration?.transitEncryption",
      must: isOneOf(["ENABLED"]),
    },
    {
      finding: "no-iam",
      at: "volumes[].efsVolumeConfiguration?.authorizationConfig.iam",
      must: isOneOf(["ENABLED"]),
    },
    {
      finding: "no-access-point",
      at: "volumes[].efsVolumeConfiguration?.authorizationConfig.accessPointId",
      must: isGiven,
    },
    { finding: "host-directory", at: "volumes[].hostPath", must: isLeftOut },
  ],
  examples: {
    good: {
      volumes: [
        { name: "state" },
        {
          name: "files",
          efsVolumeConfiguration: {
            transitEncryption: "ENABLED",
            authorizationConfig: { accessPointId: "fsap-0a1b", iam: "ENABLED" },
          },
        },
      ],
    },
    pass: [good("no volumes", { volumes: null })],
    fail: [
      bad("in clear", { "volumes[1].efsVolumeConfiguration.transitEncryption": null }, "clear-wire"),
      bad(
        "without IAM",
        { "volumes[1].efsVolumeConfiguration.authorizationConfig.iam": "DISABLED" },
        "no-iam",
      ),
      bad(
        "the whole file system",
        { "volumes[1].efsVolumeConfiguration.authorizationConfig.accessPointId": null },
        "no-access-point",
      ),
      bad("a directory of the host", { "volumes[0].hostPath": "/var/run" }, "host-directory"),
    ],
    unknown: ["volumes", "volumes[1].efsVolumeConfiguration.transitEncryption"],
  },
});
