/** Versions of secrets and their staging labels, which move as Secrets Manager moves them. */
import { randomUUID } from "node:crypto";
import type { Accounts, StoredObject } from "../../../account/store";
import { exclusive } from "../checks";
import { AwsError, type Model } from "../model";
import { strings, text, World } from "../world";

export const SECRET = "aws:secretsmanager/secret:Secret";
const VERSION = "aws:secretsmanager/secretVersion:SecretVersion";

const CURRENT = "AWSCURRENT";
const PREVIOUS = "AWSPREVIOUS";

/** Labels that a version may carry. */
const LABELS_OF_VERSION = 20;

const secretVersion: Model = {
  type: VERSION,
  source: "internal/service/secretsmanager/secret_version.go",
  forceNew: ["secretBinary", "secretId", "secretString", "secretStringWoVersion"],
  kept: ["versionStages"],
  seconds: 1,
  taggable: false,
  computed: ["arn", "hasSecretStringWo", "secretArn", "versionId", "versionStages"],
  references: { secretId: { types: [SECRET], by: "id" } },
  check: (inputs) => exclusive(inputs, "secretString", "secretBinary", "secretStringWo"),
  verify: (inputs) => {
    const value = inputs["secretString"] ?? inputs["secretBinary"] ?? inputs["secretStringWo"];
    if (typeof value !== "string" || value === "") {
      throw new AwsError("InvalidRequestException", "You must provide either SecretString or SecretBinary.");
    }
    if (Buffer.byteLength(value) > 65_536) {
      throw new AwsError("InvalidParameterException", "A secret's value has 65536 bytes at most.");
    }
    if (strings(inputs["versionStages"]).length > LABELS_OF_VERSION) {
      throw new AwsError(
        "LimitExceededException",
        `A version has ${LABELS_OF_VERSION} staging labels at most.`,
      );
    }
  },
  make: (inputs, world) => {
    const secretArn = text(inputs, "secretId");
    const versionId = randomUUID();
    const given = strings(inputs["versionStages"]);
    const versions = versionsOf(secretArn, world);
    // The first version is the current one whatever it is asked to be.
    const isCurrent = given.length === 0 || given.includes(CURRENT) || versions.length === 0;
    const labels = isCurrent ? [...new Set([CURRENT, ...given])] : given;
    takeLabels(versions, labels, world);
    return {
      id: `${secretArn}|${versionId}`,
      computed: {
        arn: secretArn,
        secretArn,
        versionId,
        versionStages: labels,
        hasSecretStringWo: inputs["secretStringWo"] !== undefined,
      },
    };
  },
  change: (from, to, world) => {
    if (to.inputs["versionStages"] === undefined) {
      return to;
    }
    const [had, wanted] = [stagesOf(from), strings(to.inputs["versionStages"])];
    const gained = wanted.filter((label) => !had.includes(label));
    takeLabels(
      versionsOf(text(to.inputs, "secretId"), world).filter(({ id }) => id !== to.id),
      gained,
      world,
    );
    // The current label can be moved, never removed.
    const lasting = had.includes(CURRENT) ? [CURRENT] : [];
    return withStages(to, [...new Set([...wanted, ...lasting])]);
  },
  buries: (object) => lastingLabels(object).length > 0,
  bury: (object) => withStages(object, lastingLabels(object)),
};

export const secretVersionModels: readonly Model[] = [secretVersion];

/** The versions of a secret, the labelled and the deprecated ones. */
export function versionsOf(secretArn: string, world: World): StoredObject[] {
  return world.all(VERSION).filter(({ id }) => id.startsWith(`${secretArn}|`));
}

/** Staging labels of a version. */
export function stagesOf({ inputs, computed }: StoredObject): string[] {
  return strings(inputs["versionStages"] ?? computed["versionStages"]);
}

/**
 * Rotates a secret as its function does: a new version becomes the current one, the current one the previous one, and
 * versions without any label are pruned. (Secrets Manager keeps such versions for a while and prunes them when it
 * likes; here it likes to at once.) No stack knows the new version. Returns it.
 */
export function rotateSecret(
  accounts: Accounts,
  { account, region, arn }: { readonly account: string; readonly region: string; readonly arn: string },
  value: string,
): StoredObject {
  const world = new World(accounts, { account, region });
  world.need({ types: [SECRET], by: "id" }, arn);
  const versionId = randomUUID();
  takeLabels(versionsOf(arn, world), [CURRENT], world);
  const version: StoredObject = {
    account,
    region,
    type: VERSION,
    id: `${arn}|${versionId}`,
    importId: `${arn}|${versionId}`,
    // No program asked for it by properties.
    inputs: { region },
    computed: {
      arn,
      secretArn: arn,
      secretId: arn,
      secretString: value,
      versionId,
      versionStages: [CURRENT],
    },
    createdBy: "secretsmanager",
    state: "available",
  };
  accounts.add(version);
  pruneVersions(accounts, { account, region, arn });
  return version;
}

/** Removes the versions of a secret that carry no label, as Secrets Manager does in its own time. */
export function pruneVersions(
  accounts: Accounts,
  { account, region, arn }: { readonly account: string; readonly region: string; readonly arn: string },
): void {
  const world = new World(accounts, { account, region });
  for (const version of versionsOf(arn, world).filter((it) => stagesOf(it).length === 0)) {
    accounts.remove(version);
  }
}

/** Takes labels from the versions that carry them. Who loses AWSCURRENT gets AWSPREVIOUS, and that from its last holder. */
function takeLabels(versions: readonly StoredObject[], labels: readonly string[], world: World): void {
  const isNewCurrent = labels.includes(CURRENT) && versions.some((it) => stagesOf(it).includes(CURRENT));
  const taken = isNewCurrent ? [...labels, PREVIOUS] : labels;
  for (const version of versions) {
    const had = stagesOf(version);
    const kept = had.filter((label) => !taken.includes(label));
    const now = isNewCurrent && had.includes(CURRENT) ? [PREVIOUS, ...kept] : kept;
    if (now.join() !== had.join()) {
      world.accounts.replace(withStages(version, now));
    }
  }
}

/** Labels that the deletion of a version leaves: the provider removes all but these from it. */
function lastingLabels(object: StoredObject): string[] {
  return stagesOf(object).filter((label) => label === CURRENT || label === PREVIOUS);
}

/** Labels given by the program are read back as its inputs, labels that AWS gave as outputs. */
function withStages(object: StoredObject, stages: readonly string[]): StoredObject {
  return object.inputs["versionStages"] === undefined
    ? { ...object, computed: { ...object.computed, versionStages: stages } }
    : { ...object, inputs: { ...object.inputs, versionStages: stages } };
}
