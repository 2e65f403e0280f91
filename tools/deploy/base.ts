import { parseDocument } from "yaml";
import { Problem } from "../../local/problem";

/**
 * What of a stack that stands by waits for the stack that it stands by for: a copy of its database, what reads that, and
 * what hangs on its domain's certificate.
 */
const WAITING = ["database", "service", "api", "monitoring.canary"] as const;

/** Components that those sections become. */
const OF_WAITING = /::streamflix:(database|service|api|dns):/;

/**
 * The stack file without what waits; encrypted values, and what ties them to their key, stay as they are.
 *
 * @throws Problem for a stack that stands by for nobody: it waits for nobody either
 */
export function baseFile(text: string, file: string): string {
  const document = parseDocument(text);
  if (!document.hasIn(["config", "streamflix:standby"])) {
    throw new Problem(`${file} has no streamflix:standby: only a stack that stands by has a base of its own`);
  }
  for (const path of WAITING) {
    const [section = "", ...fields] = path.split(".");
    document.deleteIn(["config", `streamflix:${section}`, ...fields]);
  }
  return document.toString();
}

/**
 * Sees that a stack is still without what waits: without its sections a deployment would take it away again.
 *
 * @param exported what `pulumi stack export` gives
 * @throws Problem when there is some of it
 */
export function requireBaseAlone(exported: string, stack: string): void {
  const { deployment } = JSON.parse(exported) as {
    deployment?: { readonly resources?: readonly { readonly urn: string }[] };
  };
  const found = (deployment?.resources ?? []).filter(({ urn }) => OF_WAITING.test(urn)).length;
  if (found > 0) {
    throw new Problem(
      `${stack} has ${found} resources of database, service and API already: --base would delete them. Deploy without it.`,
    );
  }
}
