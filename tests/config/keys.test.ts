import { type Case, checkCases, one } from "./cases";
import { CONTACTS } from "./helpers";

const CASES: readonly Case[] = [
  one("section missing", "streamflix:keys", undefined, "streamflix:keys | nothing | an object"),
  one(
    "section is text",
    "streamflix:network",
    "10.20.0.0/16",
    'streamflix:network | "10.20.0.0/16" | an object',
  ),
  one(
    "section misspelt",
    "streamflix:netwrok",
    {},
    "streamflix:netwrok | an unknown key | did you mean streamflix:network?",
  ),
  one("section unknown", "streamflix:helicopter", {}, "streamflix:helicopter | an unknown key | remove it"),
  one(
    "key misspelt",
    "streamflix:aws.acountId",
    "1",
    "streamflix:aws.acountId | an unknown key | did you mean accountId?",
  ),
  one(
    "key misspelt, two levels down",
    "streamflix:network.subnets.privat",
    [],
    "streamflix:network.subnets.privat | an unknown key | did you mean private?",
  ),
  one(
    "key misspelt in a secret",
    "streamflix:contacts.onCall.emial",
    "jane@example.org",
    "streamflix:contacts.onCall.emial | an unknown key | did you mean email?",
  ),
  one(
    "key in a secret is an address",
    "streamflix:contacts",
    { ...CONTACTS, boss: { "jane@example.org": 1 } },
    "streamflix:contacts.boss.[secret] | an unknown key | remove it",
  ),
  one(
    "setting of the default provider",
    "aws:region",
    "eu-central-1",
    "aws:region | a setting of the default AWS provider | pulumi config rm aws:region",
  ),
  one(
    "key without namespace",
    "streamflix-platform:network",
    {},
    "streamflix-platform:network | an unknown key | did you mean streamflix:network?",
  ),
  one(
    "namespace misspelt",
    "steamflix:keys",
    {},
    "steamflix:keys | an unknown key | did you mean streamflix:keys?",
  ),
  one("other namespaces are left alone", "random:anything", "x"),
];

checkCases("configuration rules: sections and unknown keys", CASES);
