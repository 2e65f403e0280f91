import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

import { api } from "./api-schema";
import { audit } from "./audit-schema";
import { backup } from "./backup-schema";
import { cache } from "./cache-schema";
import { dataRetention } from "./data-retention-schema";
import { database } from "./database-schema";
import { ENVIRONMENTS, REGION_NAMES, SUFFIX } from "./facts";
import { distinct, noted } from "./fields";
import { files } from "./files-schema";
import { gameDays } from "./game-days-schema";
import { monitoring } from "./monitoring-schema";
import { network } from "./network-schema";
import { recovery, standby } from "./recovery-schema";
import { remediation } from "./remediation-schema";
import { retention } from "./retention-schema";
import { rotation } from "./rotation-schema";
import { service } from "./service-schema";
import { streaming } from "./streaming-schema";

export * from "./api-facts";
export * from "./data-facts";
export * from "./facts";
export { type FieldNote, fieldNotes } from "./fields";
export { LOG_CLASSES, type LogClass, RETENTION_CLASSES, type RetentionClass } from "./retention-schema";
export * from "./monitoring-facts";
export * from "./service-facts";
export { imageParts } from "./service-schema";
export * from "./streaming-facts";

// '@' is legal in a tag, but a mail address there would be personal data that everyone with read access sees.
const tagValue = (means: string) =>
  noted(z.string().regex(/^(?=\S)[\p{L}\p{N} _.:/=+-]{1,256}(?<=\S)$/u), {
    means,
    allowed: "1 to 256 letters, digits, inner spaces and _ . : / = + -",
    why: "it becomes a tag value on every resource; AWS refuses other characters, and '@' is left out so that no personal address gets there",
  });

/** Section `streamflix:environment`, the same in every program. */
export const environment = noted(
  z
    .strictObject({
      name: noted(z.enum(ENVIRONMENTS), {
        means:
          "Kind of environment; decides the region, and whether the strict rules of prod hold, as they do in its standby.",
        allowed: ENVIRONMENTS.join(", "),
        why: "rules for prod depend on it",
      }),
      suffix: noted(z.string().regex(SUFFIX), {
        means: "Last part of every physical name: streamflix-<what>-<suffix>. Unique per account.",
        allowed: "1 to 12 lower-case letters, digits and single inner hyphens, starting with a letter",
        why: "a longer or different suffix would break the name limits of buckets and IAM roles",
      }),
      owner: tagValue("Team that answers for the stack: tag `owner`."),
      costCenter: tagValue("Account the costs go to: tag `cost-center`."),
      protection: noted(z.boolean(), {
        means: "Protects stateful resources from deletion and replacement, and makes flow logs mandatory.",
        allowed: "true or false; prod: true",
        why: "a wrong guess would either lose data or leave a stack that can't be removed",
      }),
    })
    .readonly(),
  {
    means: "Who and what the stack is.",
    allowed: "an object",
    why: "names, tags and protection come from it",
  },
);

/** Field `accountId` of section `streamflix:aws`, the same in every program. */
export const accountId = noted(z.string().regex(/^\d{12}$/), {
  means: "AWS account the stack belongs to; the provider refuses any other.",
  allowed: "12 digits in quotes",
  why: "a bare number loses its leading zeros, and it is never converted silently",
});

const aws = noted(
  z
    .strictObject({
      accountId,
      region: noted(z.enum(REGION_NAMES), {
        means: "Region of everything in the stack.",
        allowed: `${REGION_NAMES.join(", ")}; eu-central-1 for every environment but prod-dr, which is in eu-west-1`,
        why: "personal data stays in the EU",
      }),
      availabilityZones: noted(
        distinct(
          noted(z.string().regex(/^[a-z]{2}-[a-z]+-\d[a-z]$/), {
            means: "One zone.",
            allowed: "a zone name of the region, such as eu-central-1a",
            why: "zones are config, never looked up, so that a plan depends on nothing but this file",
          }),
        )
          .min(2)
          .max(3)
          .readonly(),
        {
          means: "Zones the subnets are in; the n-th subnet of each tier is in the n-th zone.",
          allowed: "2 or 3 different zone names of the region; prod: 3",
          why: "one zone can fail, and the subnet layout is made for at most three",
        },
      ),
    })
    .readonly(),
  {
    means: "Where the stack is.",
    allowed: "an object",
    why: "a wrong account or region must never be guessed",
  },
);

const keys = noted(
  z
    .strictObject({
      deletionWindowDays: noted(z.int().min(7).max(30), {
        means: "Days a deleted KMS key waits, during which the deletion can be cancelled.",
        allowed: "a whole number from 7 to 30; prod: 30",
        why: "AWS allows 7 to 30; once a key is gone, so is all data under it",
      }),
    })
    .readonly(),
  { means: "KMS keys.", allowed: "an object", why: "every data class is encrypted under its own key" },
);

const contactName = z.string().regex(/^[a-z][A-Za-z0-9]{0,29}$/);

const contactNames = distinct(
  noted(contactName, {
    means: "Name of a contact.",
    allowed:
      "a name under streamflix:contacts: 1 to 30 letters and digits, starting with a lower-case letter",
    why: "it names a role, such as onCall; addresses and numbers are personal data and belong in streamflix:contacts",
    // Not a secret itself, but this is where somebody would write an address by mistake.
    hidden: true,
  }),
);

const alerts = noted(
  z
    .strictObject({
      email: noted(contactNames.min(1).readonly(), {
        means: "Contacts that get every alarm by e-mail.",
        allowed: "a list of at least one contact name, without repeats",
        why: "alarms that reach nobody are no alarms",
        hidden: true,
      }),
      sms: noted(contactNames.readonly().default([]), {
        means: "Contacts that get critical alarms as a text message.",
        allowed: "a list of contact names, without repeats",
        why: "each contact should get an alarm once",
        hidden: true,
      }),
    })
    .readonly()
    .exactOptional(),
  {
    means: "Whom alarms reach.",
    allowed: "an object",
    why: "an alarm has to reach a person",
    absent: "alarms exist, but nobody is notified",
  },
);

const contacts = noted(
  z
    .record(
      contactName,
      noted(
        z
          .strictObject({
            email: noted(z.email().exactOptional(), {
              means: "Address for e-mail alarms.",
              allowed: "one e-mail address",
              why: "alarms are sent to it",
              absent: "the contact can't be listed in streamflix:alerts.email",
              hidden: true,
            }),
            phone: noted(z.e164().exactOptional(), {
              means: "Number for text messages.",
              allowed: "a number in E.164 form: +, country code, number, digits only, in quotes",
              why: "alarms are sent to it",
              absent: "the contact can't be listed in streamflix:alerts.sms",
              hidden: true,
            }),
          })
          .readonly(),
        {
          means: "One contact, under a name for its role (operations, onCall), not a person's.",
          allowed:
            "an object with email, phone or both; its name 1 to 30 letters and digits, starting with a lower-case letter",
          why: "names show in plans, what is under them never does",
          hidden: true,
        },
      ),
    )
    .readonly()
    .exactOptional(),
  {
    means:
      "Addresses and numbers of the contacts in streamflix:alerts; personal data, so always set with --secret.",
    allowed: "an object of contacts by name, set with `pulumi config set --secret --path`",
    why: "personal data may be neither in the committed files nor in a plan",
    absent: "contacts named in streamflix:alerts are not notified, with a warning",
    hidden: true,
  },
);

/** The whole configuration of a stack: one key `streamflix:<section>` per property, in the order of the stack files. */
export const platformSchema = z
  .strictObject({
    environment,
    aws,
    keys,
    retention,
    recovery,
    standby,
    network,
    database,
    rotation,
    dataRetention,
    cache,
    files,
    backup,
    streaming,
    service,
    api,
    monitoring,
    audit,
    remediation,
    gameDays,
    alerts,
    contacts,
  })
  .readonly();

/** A stack's configuration as plain values; contacts in clear, so only for `config/` and its tests. */
export type ParsedConfig = z.infer<typeof platformSchema>;
/** Section `streamflix:environment`. */
export type EnvironmentConfig = ParsedConfig["environment"];
/** Section `streamflix:aws`. */
export type AwsConfig = ParsedConfig["aws"];
/** Section `streamflix:keys`. */
export type KeysConfig = ParsedConfig["keys"];
/** Section `streamflix:retention`. */
export type RetentionConfig = ParsedConfig["retention"];
/** Section `streamflix:recovery`. */
export type RecoveryConfig = NonNullable<ParsedConfig["recovery"]>;
/** Section `streamflix:standby`. */
export type StandbyConfig = NonNullable<ParsedConfig["standby"]>;
/** Section `streamflix:network`. */
export type NetworkConfig = ParsedConfig["network"];
/** Section `streamflix:database`. */
export type DatabaseConfig = NonNullable<ParsedConfig["database"]>;
/** Section `streamflix:rotation`. */
export type RotationConfig = NonNullable<ParsedConfig["rotation"]>;
/** Section `streamflix:dataRetention`. */
export type DataRetentionConfig = NonNullable<ParsedConfig["dataRetention"]>;
/** Section `streamflix:cache`. */
export type CacheConfig = NonNullable<ParsedConfig["cache"]>;
/** Section `streamflix:files`. */
export type FilesConfig = NonNullable<ParsedConfig["files"]>;
/** Section `streamflix:backup`. */
export type BackupConfig = NonNullable<ParsedConfig["backup"]>;

/** What a restored database, and restored files, are looked into for. */
export type RestoreVerificationConfig = Pick<NonNullable<BackupConfig["restoreTests"]>, "database" | "files">;
/** Section `streamflix:streaming`. */
export type StreamingConfig = NonNullable<ParsedConfig["streaming"]>;
/** Section `streamflix:service`. */
export type ServiceConfig = NonNullable<ParsedConfig["service"]>;
/** Section `streamflix:api`. */
export type ApiConfig = NonNullable<ParsedConfig["api"]>;
/** Section `streamflix:monitoring`. */
export type MonitoringConfig = NonNullable<ParsedConfig["monitoring"]>;
/** Section `streamflix:audit`. */
export type AuditConfig = NonNullable<ParsedConfig["audit"]>;
/** Section `streamflix:remediation`. */
export type RemediationConfig = NonNullable<ParsedConfig["remediation"]>;
/** Section `streamflix:gameDays`. */
export type GameDaysConfig = NonNullable<ParsedConfig["gameDays"]>;
/** Section `streamflix:alerts`. */
export type AlertsConfig = NonNullable<ParsedConfig["alerts"]>;

/** One contact's channels: text in {@link ParsedConfig}, secret Outputs in {@link PlatformConfig}. */
export interface Contact<Text> {
  readonly email?: Text;
  readonly phone?: Text;
}

/**
 * A stack's configuration as the program gets it. Names of contacts and which channels they have are plain, so that
 * the number of resources never depends on an Output; addresses and numbers are secret.
 */
export interface PlatformConfig extends Omit<ParsedConfig, "contacts"> {
  readonly contacts?: Readonly<Record<string, Contact<pulumi.Output<string>>>>;
}
