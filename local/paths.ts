/** Where things are: the checkout, the local engine's files in it, and the directories it keeps outside the git tree. */
import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Root of the checkout. */
export const repositoryRoot = resolve(__dirname, "..");

/** Files of the checkout that the local engine reads. */
export const checkout = {
  policyPack: join(repositoryRoot, "policy-pack"),
  policyConfig: (environment: string, program: Program = platform): string =>
    join(
      repositoryRoot,
      "policy-pack",
      "config",
      program === platform ? `${environment}.json` : `${program.name}-${environment}.json`,
    ),
  providers: join(repositoryRoot, "local", "providers"),
  cliModule: join(repositoryRoot, "local", "cli"),
  languageHost: join(repositoryRoot, "local", "language-host"),
  loader: join(repositoryRoot, "tools", "typescript.cjs"),
} as const;

/** One of the checkout's Pulumi programs. */
export interface Program {
  /** As in `--program`. */
  readonly name: string;
  /** Where its `Pulumi.<stack>.yaml` are. */
  readonly directory: string;
  /** Pulumi project. */
  readonly project: string;
  /** Synthetic values for what its stack files hold encrypted. @default it has no secrets */
  readonly standIns?: string;
}

/** The platform, which is meant unless another is named. */
export const platform: Program = {
  name: "platform",
  directory: repositoryRoot,
  project: "streamflix-platform",
  standIns: join(repositoryRoot, "local", "stand-ins.yaml"),
};

/** Every program by its name. */
export const programs: readonly Program[] = [
  platform,
  ...["bootstrap", "organization"].map((name) => ({
    name,
    directory: join(repositoryRoot, name),
    project: `streamflix-${name}`,
  })),
];

type Environment = Readonly<Record<string, string | undefined>>;

/** Directory that holds every local stack and the simulated accounts: `STREAMFLIX_LOCAL_HOME`, else `.local`. */
export function localHome(environment: Environment = process.env): string {
  return resolve(environment.STREAMFLIX_LOCAL_HOME ?? join(repositoryRoot, ".local"));
}

/** Directory for what is costly to make and holds no state, such as a built Pulumi CLI. Never in the checkout. */
export function cacheDirectory(environment: Environment = process.env): string {
  const base = environment.STREAMFLIX_CACHE ?? environment.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  return join(base, "streamflix-platform");
}

/** The files of one local stack. */
export interface StackPaths {
  readonly stack: string;
  readonly program: Program;
  /** Tells what the stack has made in the simulated accounts from what others have. */
  readonly owner: string;
  /** The Pulumi project directory: generated `Pulumi.yaml` and the copy of the stack file. */
  readonly workspace: string;
  readonly project: string;
  readonly stackFile: string;
  /** Records which committed files the copy was made from. */
  readonly copyRecord: string;
  /** File backend. */
  readonly state: string;
  /** `PULUMI_HOME`: keeps the user's login, plugins and templates out of it. */
  readonly pulumiHome: string;
  /** What the simulated providers write during one operation (journal, call counters). */
  readonly run: string;
  /** Names the process that owns `run`. */
  readonly runOwner: string;
  /** Simulated accounts, shared by all stacks of this home. */
  readonly accounts: string;
}

/** The flags that name a stack to the wrapper. */
export function selection({ stack, program }: StackPaths): string {
  return program === platform ? `--stack ${stack}` : `--program ${program.name} --stack ${stack}`;
}

/** Paths of the local stack `stack` of a program below `home`. */
export function stackPaths(
  stack: string,
  home: string = localHome(),
  program: Program = platform,
): StackPaths {
  const owner = program === platform ? stack : `${program.name}/${stack}`;
  const workspace = join(home, owner);
  return {
    stack,
    program,
    owner,
    workspace,
    project: join(workspace, "Pulumi.yaml"),
    stackFile: join(workspace, `Pulumi.${stack}.yaml`),
    copyRecord: join(workspace, "copied-from.json"),
    state: join(workspace, "state"),
    pulumiHome: join(workspace, "pulumi-home"),
    run: join(workspace, "run"),
    runOwner: join(workspace, "run-owner.json"),
    accounts: join(home, "accounts"),
  };
}
