import { apiWarnings } from "./api-rules";
import { toCidr } from "./cidr";
import { dataWarnings } from "./data-rules";
import { globalDatabaseWarnings } from "./global-database-rules";
import { channelsOf } from "./rules";
import type { ParsedConfig } from "./schema";

/** Longest prefix of a private subnet that leaves room: each task and function takes an address of it. */
const LONGEST_PRIVATE_PREFIX = 24;

/** What a valid configuration should still make its operator think about. */
export function warningsOf(config: ParsedConfig, stack: string): string[] {
  return [
    ...unsetContacts(config, stack),
    ...smallSubnets(config),
    ...dataWarnings(config),
    ...globalDatabaseWarnings(config),
    ...apiWarnings(config),
  ];
}

/** The committed files name contacts and can't hold them, so a missing section is no error. */
function unsetContacts({ alerts, contacts }: ParsedConfig, stack: string): string[] {
  if (alerts === undefined || contacts !== undefined) return [];
  const commands = channelsOf(alerts).map(
    ({ contact, channel }) =>
      `  pulumi config set --stack ${stack} --secret --path 'streamflix:contacts.${contact}.${channel}'`,
  );
  return [
    [
      "streamflix:alerts names contacts, but streamflix:contacts is not set: nobody is notified of an alarm. " +
        "Set them (each command asks for the value, so that it stays out of the shell's history):",
      ...commands,
    ].join("\n"),
  ];
}

function smallSubnets({ network }: ParsedConfig): string[] {
  return network.subnets.private.flatMap((text, index) =>
    toCidr(text).prefixLength <= LONGEST_PRIVATE_PREFIX
      ? []
      : [
          `streamflix:network.subnets.private[${index}] is ${text}: smaller than /${LONGEST_PRIVATE_PREFIX}, ` +
            "and every task and function takes an address of it. A change later replaces the subnet.",
        ],
  );
}
