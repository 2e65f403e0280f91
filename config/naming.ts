import { createHash } from "node:crypto";

/** What the names of a stack are made of: part of every program's configuration. */
export interface NamingConfig {
  readonly environment: { readonly suffix: string };
  readonly aws: { readonly accountId: string; readonly region: string };
}

/** What AWS takes as the name of one type of thing, and how the platform forms it. */
interface NameRule {
  /** Longest text this program may give: AWS's limit, for a prefix less the tail that the provider adds. */
  readonly maxLength: number;
  readonly pattern: RegExp;
  /** The pattern in words, for errors. */
  readonly allowed: string;
  readonly form: (what: string, stack: StackNames) => string;
}

/** The parts of a name that are the same in a whole stack. */
interface StackNames {
  readonly suffix: string;
  readonly accountId: string;
  readonly region: string;
}

/** Characters the provider appends to a name prefix: a time stamp and a counter. */
const PREFIX_TAIL = 26;

const flat = (what: string, { suffix }: StackNames) => `streamflix-${what}-${suffix}`;
const WORDS = "letters, digits, hyphens and underscores";

/** What RDS and ElastiCache take: single inner hyphens only. */
const DASHED = /^[a-z](-?[a-z0-9])*$/;
const DASHED_WORDS = "lower-case letters, digits and single inner hyphens, starting with a letter";
/** The same as a prefix, which ends in a hyphen. */
const DASHED_PREFIX = /^[a-z](-?[a-z0-9])*-$/;

/** Names that stay: other systems or people know them, or the type can't hold two at a time. */
const FIXED = {
  /** `Name` tag, shown by the console. */
  nameTag: { maxLength: 256, pattern: /^[\w.-]+$/, allowed: `${WORDS} and dots`, form: flat },
  kmsAlias: {
    maxLength: 256,
    pattern: /^alias\/(?!aws\/)[\w/-]+$/,
    allowed: `${WORDS} and slashes`,
    form: (what, stack) => `alias/${flat(what, stack)}`,
  },
  logGroup: {
    maxLength: 512,
    pattern: /^[\w./#-]+$/,
    allowed: `${WORDS}, dots, slashes and #`,
    form: (what, { suffix }) => `/streamflix/${suffix}/${what}`,
  },
  /** Part of the names of the cluster's log groups, which are made before it. */
  dbCluster: { maxLength: 63, pattern: DASHED, allowed: DASHED_WORDS, form: flat },
  /** The stack of the standby region joins it by its name. */
  globalCluster: { maxLength: 63, pattern: DASHED, allowed: DASHED_WORDS, form: flat },
  dbSnapshot: { maxLength: 255, pattern: DASHED, allowed: DASHED_WORDS, form: flat },
  /** Part of the ARN that lets a service sign in; users, groups and replication groups have the same limit. */
  cache: { maxLength: 40, pattern: DASHED, allowed: DASHED_WORDS, form: flat },
  cacheSnapshot: { maxLength: 255, pattern: DASHED, allowed: DASHED_WORDS, form: flat },
  /** These groups know no prefix; name the family in `what`, so that a new one doesn't clash with the old. */
  cacheParameterGroup: { maxLength: 255, pattern: DASHED, allowed: DASHED_WORDS, form: flat },
  cacheSubnetGroup: { maxLength: 255, pattern: DASHED, allowed: DASHED_WORDS, form: flat },
  /** Makes a second file system impossible when the answer to the first request was lost. */
  efsCreationToken: { maxLength: 64, pattern: /^[\w-]+$/, allowed: WORDS, form: flat },
  /** Roles that something outside the stack assumes by name, such as a CI's. */
  iamRole: { maxLength: 64, pattern: /^[\w+=,.@-]+$/, allowed: `${WORDS} and + = , . @`, form: flat },
  iamPolicy: { maxLength: 128, pattern: /^[\w+=,.@-]+$/, allowed: `${WORDS} and + = , . @`, form: flat },
  organizationPolicy: { maxLength: 128, pattern: /^[\w-]+$/, allowed: WORDS, form: flat },
  stackSet: {
    maxLength: 128,
    pattern: /^[A-Za-z][A-Za-z0-9-]*$/,
    allowed: "letters, digits and hyphens",
    form: flat,
  },
  lambdaFunction: { maxLength: 64, pattern: /^[\w-]+$/, allowed: WORDS, form: flat },
  ssmDocument: {
    maxLength: 128,
    pattern: /^(?!aws|amazon)[\w.-]{3,}$/i,
    allowed: `${WORDS} and dots`,
    form: flat,
  },
  /** Part of what lets people into tasks, and of the key policy for the tasks' storage. */
  ecsCluster: { maxLength: 255, pattern: /^[A-Za-z][\w-]*$/, allowed: WORDS, form: flat },
  ecsService: { maxLength: 255, pattern: /^[A-Za-z][\w-]*$/, allowed: WORDS, form: flat },
  /** Every change makes a new revision of one family. */
  ecsTaskFamily: { maxLength: 255, pattern: /^[\w-]+$/, allowed: WORDS, form: flat },
  /** The provider leaves a prefix six characters; what would replace a load balancer is settled here for good. */
  loadBalancer: {
    maxLength: 32,
    pattern: /^(?!internal-)[A-Za-z0-9](-?[A-Za-z0-9])*$/,
    allowed: "letters, digits and single inner hyphens",
    form: flat,
  },
  /** Value of the metrics' dimension ApiName, which health checks and dashboards look for. */
  restApi: { maxLength: 255, pattern: /^[\w-]+$/, allowed: WORDS, form: flat },
  /** Two can have one name, so that a new link is made before the old one goes. */
  vpcLink: { maxLength: 128, pattern: /^[\w-]+$/, allowed: WORDS, form: flat },
  webAcl: { maxLength: 128, pattern: /^[\w-]+$/, allowed: WORDS, form: flat },
  /** AWS WAF writes to groups of this prefix only. */
  wafLogGroup: {
    maxLength: 512,
    pattern: /^aws-waf-logs-[\w-]+$/,
    allowed: WORDS,
    form: (what, stack) => `aws-waf-logs-${flat(what, stack)}`,
  },
  logResourcePolicy: { maxLength: 255, pattern: /^[\w-]+$/, allowed: WORDS, form: flat },
  /** Dashboards of all regions of an account are in one list. */
  dashboard: { maxLength: 255, pattern: /^[\w-]+$/, allowed: WORDS, form: flat },
  /** Slashes make folders in the console. */
  savedQuery: {
    maxLength: 255,
    pattern: /^[\w-]+(\/[\w-]+)*$/,
    allowed: `${WORDS} and slashes`,
    form: (what, { suffix }) => `streamflix-${suffix}/${what}`,
  },
  budget: { maxLength: 100, pattern: /^[\w-]+$/, allowed: WORDS, form: flat },
  costMonitor: { maxLength: 1024, pattern: /^[\w-]+$/, allowed: WORDS, form: flat },
  canary: {
    maxLength: 255,
    pattern: /^[0-9a-z_-]+$/,
    allowed: "lower-case letters, digits, hyphens and underscores",
    form: flat,
  },
  alarm: { maxLength: 255, pattern: /^[\w-]+$/, allowed: WORDS, form: flat },
  metric: { maxLength: 255, pattern: /^[\w-]+$/, allowed: WORDS, form: flat },
  /** Key, bucket and role name the trail before it is there. */
  trail: {
    maxLength: 128,
    pattern: /^[A-Za-z0-9]([._-]?[A-Za-z0-9])+$/,
    allowed: "letters, digits and single inner dots, hyphens and underscores",
    form: flat,
  },
  /** Recorder and delivery channel, which can't be renamed. */
  configRecorder: { maxLength: 256, pattern: /^[\w-]+$/, allowed: WORDS, form: flat },
  configRule: { maxLength: 128, pattern: /^[\w-]+$/, allowed: WORDS, form: flat },
  analyzer: { maxLength: 255, pattern: /^[A-Za-z][\w.-]*$/, allowed: `${WORDS} and dots`, form: flat },
  eventRule: { maxLength: 64, pattern: /^[\w.-]+$/, allowed: `${WORDS} and dots`, form: flat },
  schedule: { maxLength: 64, pattern: /^[\w.-]+$/, allowed: `${WORDS} and dots`, form: flat },
  /** The standby region's vault has the same name. */
  backupVault: { maxLength: 50, pattern: /^[\w-]{2,}$/, allowed: WORDS, form: flat },
  /** Value of the tag by which the plan finds what it backs up. */
  backupPlan: { maxLength: 50, pattern: /^[\w.-]+$/, allowed: `${WORDS} and dots`, form: flat },
  /** AWS takes no hyphens here. */
  restoreTestingPlan: {
    maxLength: 50,
    pattern: /^[A-Za-z0-9_]+$/,
    allowed: "letters, digits and underscores",
    form: (what, stack) => flat(what, stack).replaceAll("-", "_"),
  },
  stateMachine: { maxLength: 80, pattern: /^[\w-]+$/, allowed: WORDS, form: flat },
  sqsQueue: { maxLength: 80, pattern: /^[\w-]+$/, allowed: WORDS, form: flat },
  snsTopic: { maxLength: 256, pattern: /^[\w-]+$/, allowed: WORDS, form: flat },
  /** Account and region make it unique in the world, and nobody else can have taken it before. */
  bucket: {
    maxLength: 63,
    pattern: /^[a-z0-9][a-z0-9-]+[a-z0-9]$/,
    allowed: "lower-case letters, digits and hyphens",
    form: (what, stack) => `${flat(what, stack)}-${stack.accountId}-${stack.region}`,
  },
  kinesisStream: { maxLength: 128, pattern: /^[\w.-]+$/, allowed: `${WORDS} and dots`, form: flat },
  firehose: { maxLength: 64, pattern: /^[\w.-]+$/, allowed: `${WORDS} and dots`, form: flat },
  /** Query engines know no hyphens. */
  glueDatabase: {
    maxLength: 255,
    pattern: /^[a-z0-9_]+$/,
    allowed: "lower-case letters, digits and underscores",
    form: (what, stack) => flat(what, stack).replaceAll("-", "_"),
  },
  ssmParameter: {
    // The limit of 1011 holds for the ARN, of which up to 65 characters stand before the name.
    maxLength: 946,
    pattern: /^(\/[\w.-]+){1,15}$/,
    allowed: `${WORDS} and dots, in at most 15 levels`,
    form: (what, { suffix }) => `/streamflix/${suffix}/${what}`,
  },
} as const satisfies Record<string, NameRule>;

/** Names with a random tail: a replacement is made before the old one goes, so both exist for a while. */
const PREFIXED = {
  iamRole: {
    maxLength: 64 - PREFIX_TAIL,
    pattern: /^[\w+=,.@-]+$/,
    allowed: `${WORDS} and + = , . @`,
    form: (what, stack) => `${flat(what, stack)}-`,
  },
  dbInstance: {
    maxLength: 63 - PREFIX_TAIL,
    pattern: DASHED_PREFIX,
    allowed: DASHED_WORDS,
    form: (what, stack) => `${flat(what, stack)}-`,
  },
  dbParameterGroup: {
    maxLength: 255 - PREFIX_TAIL,
    pattern: DASHED_PREFIX,
    allowed: DASHED_WORDS,
    form: (what, stack) => `${flat(what, stack)}-`,
  },
  dbSubnetGroup: {
    maxLength: 255 - PREFIX_TAIL,
    pattern: DASHED_PREFIX,
    allowed: DASHED_WORDS,
    form: (what, stack) => `${flat(what, stack)}-`,
  },
  /** A deleted secret keeps its name for days, and a stack that is built again needs another. */
  secret: {
    maxLength: 512 - PREFIX_TAIL,
    pattern: /^[\w/+=.@-]+$/,
    allowed: `${WORDS} and / + = . @`,
    form: (what, { suffix }) => `streamflix/${suffix}/${what}-`,
  },
  /** Six characters are all that the provider takes; its `Name` tag says what a group is. */
  targetGroup: {
    maxLength: 32 - PREFIX_TAIL,
    pattern: /^[A-Za-z0-9](-?[A-Za-z0-9])*-$/,
    allowed: "letters, digits and single inner hyphens",
    form: (what) => `${what}-`,
  },
  securityGroup: {
    maxLength: 255 - PREFIX_TAIL,
    pattern: /^(?!sg-)[\w .:/()#,@[\]+=&;{}!$*-]+$/,
    allowed: `${WORDS}, spaces and . : / ( ) # , @ [ ] + = & ; { } ! $ *`,
    form: (what, stack) => `${flat(what, stack)}-`,
  },
} as const satisfies Record<string, NameRule>;

/** Types whose physical name is fixed. */
export type FixedNameKind = keyof typeof FIXED;
/** Types that get a name prefix. */
export type PrefixedNameKind = keyof typeof PREFIXED;

/** Makes the physical names of one stack. */
export class Names {
  readonly #stack: StackNames;

  constructor({ environment, aws }: NamingConfig) {
    this.#stack = { suffix: environment.suffix, accountId: aws.accountId, region: aws.region };
  }

  /**
   * The whole name of something, such as `streamflix-alerts-dev` for an SNS topic.
   *
   * @throws RangeError where AWS would refuse the name
   */
  fixed(kind: FixedNameKind, what: string): string {
    return this.#make(kind, FIXED[kind], what);
  }

  /**
   * A prefix for `namePrefix`, such as `streamflix-flow-logs-dev-` for an IAM role. Nobody has to know such a name, so
   * one that is too long with the stack's suffix is shortened.
   *
   * @throws RangeError where AWS would refuse the name with its tail
   */
  prefix(kind: PrefixedNameKind, what: string): string {
    const rule = PREFIXED[kind];
    const surplus = rule.form(what, this.#stack).length - rule.maxLength;
    return this.#make(kind, rule, surplus > 0 ? shortened(what, surplus) : what);
  }

  #make(kind: string, rule: NameRule, what: string): string {
    const name = rule.form(what, this.#stack);
    if (what === "") throw new RangeError(`The name of a ${kind} needs a word for what it is.`);
    if (name.length > rule.maxLength) {
      const surplus = name.length - rule.maxLength;
      throw new RangeError(
        `${kind} name "${name}" has ${name.length} characters; at most ${rule.maxLength} are allowed. ` +
          `Shorten "${what}" by ${surplus}.`,
      );
    }
    if (!rule.pattern.test(name)) {
      throw new RangeError(`${kind} name "${name}" may have only ${rule.allowed}.`);
    }
    return name;
  }
}

/** The start of a word that is too long, and a hash of the whole in place of its end; no word shorter than its hash. */
function shortened(what: string, surplus: number): string {
  const hash = createHash("sha256").update(what).digest("hex").slice(0, HASH_LENGTH);
  const start = what.slice(0, Math.max(0, what.length - surplus - hash.length - 1)).replace(/-+$/, "");
  return start.length < HASH_LENGTH ? what : `${start}-${hash}`;
}

const HASH_LENGTH = 4;
