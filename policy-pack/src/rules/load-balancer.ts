import { bad, good, propertyRule } from "../engine/demand";
import { hasForm, isGiven, isOneOf, isTrue, orLeftOut } from "../engine/must";
import { flag } from "../engine/setting";
import { readAny } from "../engine/tri";

interface BalancerConfig {
  readonly deletionProtection: boolean;
}

/** The load balancer hands on only what is sound, from inside the VPC. */
export const loadBalancerHardened = propertyRule<BalancerConfig>({
  id: "load-balancer-hardened",
  title: "Load balancers are internal, drop malformed requests, keep a log and refuse to be deleted",
  severity: "high",
  type: "aws:lb/loadBalancer:LoadBalancer",
  refs: {
    checkov: ["CKV_AWS_91", "CKV_AWS_131", "CKV_AWS_150", "CKV_AWS_328"],
    securityHub: ["ELB.4", "ELB.5", "ELB.6", "ELB.12"],
    prowler: [
      "elbv2_desync_mitigation_mode",
      "elbv2_deletion_protection",
      "elbv2_internet_facing",
      "elbv2_logging_enabled",
    ],
  },
  gdpr: ["25", "32(1)(b)"],
  rationale:
    "The API with its firewall is the way in; requests that two servers read differently carry others along.",
  remediation:
    "set internal, dropInvalidHeaderFields and enableDeletionProtection to true, desyncMitigationMode to strictest and accessLogs to a bucket",
  // The one fix without a choice: it changes nothing for sound requests, and Pulumi undoes it with the setting.
  remediate: (properties) =>
    readAny(properties.dropInvalidHeaderFields).kind === "unknown" ||
    properties.dropInvalidHeaderFields === true
      ? undefined
      : { ...properties, dropInvalidHeaderFields: true },
  configSchema: { deletionProtection: flag("Whether deletion has to be refused.", true) },
  demands: [
    { finding: "public", at: "internal", must: isTrue },
    { finding: "headers", at: "dropInvalidHeaderFields", must: isTrue },
    { finding: "desync", at: "desyncMitigationMode", must: orLeftOut(isOneOf(["defensive", "strictest"])) },
    {
      finding: "deletable",
      at: "enableDeletionProtection",
      must: ({ deletionProtection }) => (deletionProtection ? isTrue : undefined),
    },
    { finding: "no-security-group", at: "securityGroups", must: isGiven },
    { finding: "no-log", at: "accessLogs.enabled", must: isTrue },
  ],
  examples: {
    good: {
      internal: true,
      dropInvalidHeaderFields: true,
      desyncMitigationMode: "strictest",
      enableDeletionProtection: true,
      securityGroups: ["sg-0a1b"],
      accessLogs: { bucket: "logs", enabled: true },
    },
    pass: [
      good("AWS's own mode", { desyncMitigationMode: null }),
      good(
        "destroyable by configuration",
        { enableDeletionProtection: false },
        { deletionProtection: false },
      ),
    ],
    fail: [
      bad("public", { internal: false }, "public"),
      bad("public by default", { internal: null }, "public"),
      bad("malformed headers", { dropInvalidHeaderFields: null }, "headers"),
      bad("only watching", { desyncMitigationMode: "monitor" }, "desync"),
      bad("deletable", { enableDeletionProtection: false }, "deletable"),
      bad("default security group", { securityGroups: null }, "no-security-group"),
      bad("no log", { accessLogs: null }, "no-log"),
      bad("log off", { "accessLogs.enabled": false }, "no-log"),
    ],
    unknown: [
      "internal",
      "dropInvalidHeaderFields",
      "desyncMitigationMode",
      "enableDeletionProtection",
      "accessLogs.enabled",
    ],
    made: ["securityGroups"],
  },
});

interface ListenerConfig {
  readonly clearText: boolean;
}

const TLS_POLICY = hasForm(
  /^ELBSecurityPolicy-(TLS13-1-[23]|FS-1-2|TLS-1-2)(?!.*Ext)/,
  "a security policy of TLS 1.2 or newer without old ciphers, such as ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
);

/** Callers reach the load balancer through TLS. */
export const listenerTls = propertyRule<ListenerConfig>({
  id: "listener-tls",
  title: "Load balancers listen with TLS 1.2 or newer",
  severity: "high",
  type: "aws:lb/listener:Listener",
  refs: {
    checkov: ["CKV_AWS_2", "CKV_AWS_103"],
    securityHub: ["ELB.17", "ELB.18"],
    cdkNag: ["ALBHttpToHttpsRedirection"],
    prowler: ["elbv2_ssl_listeners", "elbv2_insecure_ssl_ciphers"],
  },
  gdpr: ["25", "32(1)(a)"],
  rationale: "Requests name viewers; old versions of TLS can be broken.",
  remediation: "set protocol to HTTPS or TLS, a certificateArn and a sslPolicy of TLS 1.2 or newer",
  configSchema: {
    clearText: flag("Whether a listener inside the VPC may speak HTTP, for want of a domain.", false),
  },
  skip: {
    reads: ["protocol"],
    why: (props, { clearText }) => {
      const protocol = props.string("protocol");
      return clearText && protocol.kind === "known" && protocol.value === "HTTP"
        ? "the settings allow HTTP inside the VPC"
        : undefined;
    },
  },
  demands: [
    { finding: "clear", at: "protocol", must: isOneOf(["HTTPS", "TLS"]) },
    { finding: "old-tls", at: "sslPolicy", must: TLS_POLICY },
    { finding: "no-certificate", at: "certificateArn", must: isGiven },
  ],
  examples: {
    good: { protocol: "HTTPS", sslPolicy: "ELBSecurityPolicy-TLS13-1-2-Res-2021-06", certificateArn: "x" },
    pass: [good("TLS 1.3 only", { sslPolicy: "ELBSecurityPolicy-TLS13-1-3-2021-06" })],
    fail: [
      bad("in clear", { protocol: "HTTP" }, "clear"),
      bad("AWS's old default", { sslPolicy: "ELBSecurityPolicy-2016-08" }, "old-tls"),
      bad("old versions", { sslPolicy: "ELBSecurityPolicy-TLS13-1-0-2021-06" }, "old-tls"),
      bad("old ciphers", { sslPolicy: "ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06" }, "old-tls"),
      bad("left at its default", { sslPolicy: null }, "old-tls"),
      bad("no certificate", { certificateArn: null }, "no-certificate"),
    ],
    unknown: ["protocol", "sslPolicy"],
    made: ["certificateArn"],
    notApplicable: [
      good("HTTP by configuration", { protocol: "HTTP", sslPolicy: null }, { clearText: true }),
    ],
  },
});
