import * as fs from "node:fs";
import * as path from "node:path";

/** Plain JSON properties of a resource, as they cross the provider protocol. */
export type Props = Record<string, unknown>;

/** One thing that exists in a simulated account. */
export interface StoredObject {
  readonly account: string;
  /** Region name, or `global` for services without regions (IAM). */
  readonly region: string;
  /** Pulumi type token, such as `aws:ec2/subnet:Subnet`. */
  readonly type: string;
  /** Resource id, as Pulumi's state holds it. */
  readonly id: string;
  /** Id that `pulumi import` takes: the same, but for a few types with composite ids. */
  readonly importId: string;
  /** Desired properties, as the last create or update left them. Edit these to simulate drift. */
  readonly inputs: Props;
  /** Properties that AWS made: ARNs, addresses, generated ids. */
  readonly computed: Props;
  /** Stack that made it: bookkeeping of the simulation, AWS has no such field. */
  readonly createdBy: string;
  readonly state: "available" | "pendingDeletion";
  /** ISO 8601 date on which AWS removes an object that is pending deletion. */
  readonly deletionDate?: string;
}

/** All properties of an object as a provider reads them back. */
export function outputsOf(object: StoredObject): Props {
  return { ...object.computed, ...object.inputs };
}

/**
 * The simulated accounts: a folder per account id, a folder per region, one JSON file per object.
 *
 * Several provider processes and stacks share it without locks: an object's file is made by an exclusive
 * create or an atomic rename, and a name is claimed by an exclusive create.
 */
export class Accounts {
  private readonly root: string;
  /** Objects as they were read, each with the version of its file: a policy with twenty ARNs looks through all of them. */
  private readonly known = new Map<string, { readonly version: string; readonly object: StoredObject }>();

  constructor(root: string) {
    this.root = root;
  }

  /** Every object of every account, or of one. */
  list(account?: string): StoredObject[] {
    const accounts = account === undefined ? entries(this.root) : [account];
    return accounts.flatMap((id) =>
      entries(path.join(this.root, id))
        .filter((region) => region !== QUOTAS)
        .flatMap((region) =>
          entries(path.join(this.root, id, region))
            .filter((folder) => folder !== CLAIMS)
            .flatMap((folder) => this.readFolder(path.join(this.root, id, region, folder))),
        ),
    );
  }

  /** Every object of one type in one region of one account. */
  listType(account: string, region: string, type: string): StoredObject[] {
    return this.readFolder(path.join(this.root, account, region, slug(type)));
  }

  /** Every object of one type in an account, wherever it is. */
  listEverywhere(account: string, type: string): StoredObject[] {
    return entries(path.join(this.root, account))
      .filter((region) => region !== QUOTAS)
      .flatMap((region) => this.listType(account, region, type));
  }

  find(account: string, region: string, type: string, id: string): StoredObject | undefined {
    return this.readObject(this.fileOf({ account, region, type, id }));
  }

  /** Adds a new object; false when one with its id exists already. */
  add(object: StoredObject): boolean {
    return writeExclusively(this.fileOf(object), JSON.stringify(object, undefined, 2));
  }

  /** Writes an existing object's new version. */
  replace(object: StoredObject): void {
    const file = this.fileOf(object);
    const draft = `${file}.${String(process.pid)}.draft`;
    fs.writeFileSync(draft, JSON.stringify(object, undefined, 2));
    fs.renameSync(draft, file);
  }

  remove(object: Pick<StoredObject, "account" | "region" | "type" | "id">): void {
    fs.rmSync(this.fileOf(object), { force: true });
  }

  /**
   * Claims a name that must be unique in an account's region.
   * Returns the id of the object that holds it already, or undefined when the claim succeeded.
   * A claim whose holder is gone (deleted by hand) is taken over.
   */
  claim(object: Pick<StoredObject, "account" | "region" | "type" | "id">, name: string): string | undefined {
    const file = this.claimFile(object, name);
    if (writeExclusively(file, object.id)) {
      return undefined;
    }
    const holder = fs.readFileSync(file, "utf8");
    if (this.find(object.account, object.region, object.type, holder) === undefined) {
      fs.writeFileSync(file, object.id);
      return undefined;
    }
    return holder;
  }

  release(object: Pick<StoredObject, "account" | "region" | "type" | "id">, name: string): void {
    const file = this.claimFile(object, name);
    if (fs.existsSync(file) && fs.readFileSync(file, "utf8") === object.id) {
      fs.rmSync(file);
    }
  }

  /**
   * The limit of an account for a Service Quotas code: what `quotas.json` in its folder says, as if a rise had been
   * granted, else the default.
   */
  quota(account: string, code: string, byDefault: number): number {
    const file = path.join(this.root, account, QUOTAS);
    const granted = fs.existsSync(file)
      ? (JSON.parse(fs.readFileSync(file, "utf8")) as Record<string, number>)
      : {};
    return granted[code] ?? byDefault;
  }

  private fileOf({ account, region, type, id }: Pick<StoredObject, "account" | "region" | "type" | "id">) {
    return path.join(this.root, account, region, slug(type), `${slug(id)}.json`);
  }

  private claimFile(
    { account, region, type }: Pick<StoredObject, "account" | "region" | "type">,
    name: string,
  ) {
    return path.join(this.root, account, region, CLAIMS, `${slug(type)}@${slug(name)}`);
  }

  private readFolder(folder: string): StoredObject[] {
    return entries(folder)
      .filter((file) => file.endsWith(".json"))
      .flatMap((file) => this.readObject(path.join(folder, file)) ?? []);
  }

  private readObject(file: string): StoredObject | undefined {
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    if (stat === undefined) {
      return undefined;
    }
    const version = `${stat.ino} ${stat.size} ${stat.mtimeMs}`;
    const known = this.known.get(file);
    if (known?.version === version) {
      return known.object;
    }
    const object = readObject(file);
    if (object !== undefined && Date.now() - stat.mtimeMs > SETTLED_MILLISECONDS) {
      this.known.set(file, { version, object });
    }
    return object;
  }
}

/** Opens the simulated accounts below a folder, which need not exist yet. */
export function openAccounts(root: string): Accounts {
  return new Accounts(root);
}

/** Two changes within a tick of the file system's clock look like one: what has just been written is read again. */
const SETTLED_MILLISECONDS = 100;
const CLAIMS = "claims";
const QUOTAS = "quotas.json";

/** A file name for any id: everything a file system could mind is percent-encoded. */
function slug(text: string): string {
  return encodeURIComponent(text).replaceAll("*", "%2A");
}

function entries(folder: string): string[] {
  return fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
}

function readObject(file: string): StoredObject | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8")) as StoredObject;
  } catch (error) {
    if (isErrno(error, "ENOENT")) {
      return undefined;
    }
    throw new Error(`${file} is not a readable object of a simulated account: ${String(error)}`, {
      cause: error,
    });
  }
}

function writeExclusively(file: string, content: string): boolean {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${String(process.pid)}.draft`;
  fs.writeFileSync(draft, content);
  try {
    // A hard link appears with its whole content or not at all, and never over an existing file.
    fs.linkSync(draft, file);
    return true;
  } catch (error) {
    if (isErrno(error, "EEXIST")) {
      return false;
    }
    throw error;
  } finally {
    fs.rmSync(draft);
  }
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
