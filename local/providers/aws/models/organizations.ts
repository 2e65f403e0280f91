import { oneOf, shaped } from "../checks";
import { AwsError, type Model } from "../model";
import { hexOf, text, textOr, type World } from "../world";

export const ORGANIZATION_POLICY = "aws:organizations/policy:Policy";
const ATTACHMENT = "aws:organizations/policyAttachment:PolicyAttachment";

/** Characters that a policy of each type may have (quotas of AWS Organizations, which can't be raised). */
const CHARACTERS: Readonly<Record<string, number>> = {
  AISERVICES_OPT_OUT_POLICY: 2_500,
  BACKUP_POLICY: 10_000,
  CHATBOT_POLICY: 10_000,
  DECLARATIVE_POLICY_EC2: 10_000,
  RESOURCE_CONTROL_POLICY: 5_120,
  SERVICE_CONTROL_POLICY: 5_120,
  TAG_POLICY: 10_000,
};

const CONTROL = "SERVICE_CONTROL_POLICY";

/** Service control policies of one target; AWS attaches the first itself. */
const CONTROL_POLICIES = 5;

const policy: Model = {
  type: ORGANIZATION_POLICY,
  source: "internal/service/organizations/policy.go",
  scope: "global",
  forceNew: ["type"],
  seconds: 1,
  taggable: true,
  computed: ["arn"],
  defaults: { type: CONTROL },
  check: (inputs) => [
    ...oneOf(inputs, "type", Object.keys(CHARACTERS)),
    ...shaped(inputs, "name", /^.{1,128}$/, "1 to 128 characters"),
    ...shaped(inputs, "description", /^.{0,512}$/s, "at most 512 characters"),
  ],
  unique: (inputs) => ({
    claim: text(inputs, "name"),
    taken: `DuplicatePolicyException: A policy with the same name already exists: ${text(inputs, "name")}`,
  }),
  verify: (inputs) => {
    const content = text(inputs, "content");
    const most = CHARACTERS[text(inputs, "type")] ?? 0;
    if (content.length > most) {
      throw new AwsError(
        "ConstraintViolationException",
        `You have exceeded the allowed policy size: ${content.length} characters, at most ${most}`,
      );
    }
    if (!isObject(content)) {
      throw new AwsError("MalformedPolicyDocumentException", "The provided policy document is not valid.");
    }
  },
  make: (inputs, { place }) => {
    const id = `p-${hexOf(text(inputs, "name"), 8)}`;
    const type = text(inputs, "type").toLowerCase();
    return {
      id,
      computed: { arn: `arn:aws:organizations::${place.account}:policy/o-simulated/${type}/${id}` },
    };
  },
  heldBy: ({ id }, world) => attachments(world, "policyId", id).map((it) => it.id),
};

const attachment: Model = {
  type: ATTACHMENT,
  source: "internal/service/organizations/policy_attachment.go",
  scope: "global",
  forceNew: ["policyId", "targetId"],
  seconds: 1,
  taggable: false,
  computed: [],
  references: { policyId: { types: [ORGANIZATION_POLICY], by: "id" } },
  check: (inputs) =>
    shaped(
      inputs,
      "targetId",
      /^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|\d{12})$/,
      "the id of a root, a unit or an account",
    ),
  unique: (inputs) => ({
    claim: `${text(inputs, "targetId")}:${text(inputs, "policyId")}`,
    taken: `DuplicatePolicyAttachmentException: A policy with the specified name and type already exists on ${text(inputs, "targetId")}`,
  }),
  verify: (inputs, world) => {
    const isControl = (policyId: string) =>
      objects(world, ORGANIZATION_POLICY).some(
        (it) => it.id === policyId && textOr(it.inputs, "type", CONTROL) === CONTROL,
      );
    const others = attachments(world, "targetId", text(inputs, "targetId")).filter((it) =>
      isControl(text(it.inputs, "policyId")),
    );
    // FullAWSAccess is on every target from the start.
    if (isControl(text(inputs, "policyId")) && others.length + 1 >= CONTROL_POLICIES) {
      throw new AwsError(
        "ConstraintViolationException",
        "You have attached the maximum number of policies to the specified target.",
      );
    }
  },
  make: (inputs) => ({ id: `${text(inputs, "targetId")}:${text(inputs, "policyId")}`, computed: {} }),
};

function attachments(world: World, by: "policyId" | "targetId", value: string) {
  return objects(world, ATTACHMENT).filter(({ inputs }) => textOr(inputs, by, "") === value);
}

/** An organization has no regions. */
function objects({ accounts, place }: World, type: string) {
  return accounts.listType(place.account, "global", type).filter(({ state }) => state === "available");
}

function isObject(content: string): boolean {
  try {
    const parsed: unknown = JSON.parse(content);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
  } catch {
    return false;
  }
}

export const organizationModels: readonly Model[] = [policy, attachment];
