import { randomUUID } from "node:crypto";
import type { Model } from "../model";
import { text } from "../world";

export const KEY = "aws:kms/key:Key";

const DAY_MS = 24 * 3600 * 1000;

const key: Model = {
  type: KEY,
  source: "internal/service/kms/key.go",
  forceNew: ["customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion", "xksKeyId"],
  // The provider waits until policy, tags and rotation have reached every node of KMS.
  seconds: 12,
  taggable: true,
  computed: ["arn", "keyId"],
  defaults: {
    customerMasterKeySpec: "SYMMETRIC_DEFAULT",
    isEnabled: true,
    keyUsage: "ENCRYPT_DECRYPT",
    multiRegion: false,
  },
  documents: [{ property: "policy", kind: "resource" }],
  check: (inputs) => {
    const days = inputs["deletionWindowInDays"];
    return typeof days === "number" && (days < 7 || days > 30)
      ? [{ property: "deletionWindowInDays", reason: `expected to be in the range (7 - 30), got ${days}` }]
      : [];
  },
  make: (_inputs, world) => {
    const keyId = randomUUID();
    return { id: keyId, computed: { keyId, arn: world.arn("kms", `key/${keyId}`) } };
  },
  bury: (object) => ({
    ...object,
    state: "pendingDeletion",
    deletionDate: new Date(
      Date.now() + Number(object.inputs["deletionWindowInDays"] ?? 30) * DAY_MS,
    ).toISOString(),
  }),
};

const alias: Model = {
  type: "aws:kms/alias:Alias",
  source: "internal/service/kms/alias.go",
  forceNew: ["name", "namePrefix"],
  seconds: 1,
  taggable: false,
  computed: ["arn", "targetKeyArn"],
  references: { targetKeyId: { types: [KEY], by: "id" } },
  make: (inputs, world) => {
    const name = text(inputs, "name");
    const targetKey = world.need({ types: [KEY], by: "id" }, text(inputs, "targetKeyId"));
    return { id: name, computed: { arn: world.arn("kms", name), targetKeyArn: targetKey.computed["arn"] } };
  },
};

export const keyModels: readonly Model[] = [key, alias];
