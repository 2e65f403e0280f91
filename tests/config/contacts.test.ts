import { type Case, checkCases, one } from "./cases";
import { CONTACTS } from "./helpers";

const CONTACT_NAME =
  "a name under streamflix:contacts: 1 to 30 letters and digits, starting with a lower-case letter";
const PHONE = "a number in E.164 form: +, country code, number, digits only, in quotes";
const CONTACT =
  "an object with email, phone or both; its name 1 to 30 letters and digits, starting with a lower-case letter";
const QUOTE = "put it in quotes; on the command line add --type string";

const CASES: readonly Case[] = [
  {
    id: "no alerts",
    change: { "streamflix:alerts": undefined, "streamflix:monitoring.costs": undefined },
    problems: [],
  },
  one(
    "alerts to nobody",
    "streamflix:alerts.email",
    [],
    "streamflix:alerts.email | [] | a list of at least one contact name, without repeats",
  ),
  one(
    "alert to an address",
    "streamflix:alerts.email[0]",
    "jane@example.org",
    `streamflix:alerts.email[0] | [secret] | ${CONTACT_NAME}`,
  ),
  one(
    "contact twice",
    "streamflix:alerts.email[1]",
    "operations",
    "streamflix:alerts.email[1] | [secret] | it is listed twice; remove one",
  ),
  one(
    "contact unknown",
    "streamflix:alerts.email[1]",
    "boss",
    "streamflix:alerts.email[1] | [secret] | set streamflix:contacts.boss.email with --secret, or remove boss from the list",
  ),
  one(
    "contact is a property of every object",
    "streamflix:alerts.sms[0]",
    "toString",
    "streamflix:alerts.sms[0] | [secret] | set streamflix:contacts.toString.phone with --secret, or remove toString from the list",
  ),
  one(
    "contact without a phone",
    "streamflix:alerts.sms[0]",
    "operations",
    "streamflix:alerts.sms[0] | [secret] | set streamflix:contacts.operations.phone with --secret, or remove operations from the list",
  ),
  one("contact with a phone", "streamflix:alerts.sms[0]", "onCall"),
  one(
    "phone without plus",
    "streamflix:contacts.onCall.phone",
    "004915112345678",
    `streamflix:contacts.onCall.phone | [secret] | ${PHONE}`,
  ),
  one(
    "phone as a number",
    "streamflix:contacts.onCall.phone",
    4915112345678,
    `streamflix:contacts.onCall.phone | [secret] | ${QUOTE}`,
  ),
  one(
    "address without domain",
    "streamflix:contacts.onCall.email",
    "jane",
    "streamflix:contacts.onCall.email | [secret] | one e-mail address",
  ),
  one(
    "contact named by address",
    "streamflix:contacts",
    { ...CONTACTS, "jane@example.org": {} },
    `streamflix:contacts.[secret] | [secret] | ${CONTACT}`,
  ),
];

checkCases("configuration rules: alerts and contacts", CASES);
