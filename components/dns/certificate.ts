import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ApiConfig, RegionFacts } from "../../config";

/** Domain of the API, as configured. */
export type Domain = NonNullable<ApiConfig["domain"]>;

export interface CertificateArgs {
  readonly region: string;
  /** Whether the region is the platform's home or its standby. */
  readonly role: RegionFacts["role"];
  readonly domain: Domain;
}

/** Seconds a resolver may keep a validation record. */
const TTL_SECONDS = 300;

/**
 * One certificate of this region for both names: the domain, which moves between regions, and `<region>.<domain>`,
 * which doesn't.
 *
 * ACM asks for the same record of a name whichever region the certificate is in. The home region owns the domain's, and
 * a standby region relies on it; each region owns the one of its own name.
 */
export class Certificate extends pulumi.ComponentResource {
  /** ARN, known once the certificate is valid. */
  readonly arn: pulumi.Output<string>;
  /** Name that always points to this region. */
  readonly regionalName: string;

  constructor(name: string, args: CertificateArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:dns:Certificate", name, {}, opts);
    const { domain, role } = args;
    const parent = { parent: this };
    this.regionalName = `${args.region}.${domain.name}`;

    const certificate = new aws.acm.Certificate(
      name,
      {
        domainName: domain.name,
        subjectAlternativeNames: [this.regionalName],
        validationMethod: "DNS",
        tags: { Name: domain.name },
      },
      parent,
    );
    const owned = role === "home" ? [domain.name, this.regionalName] : [this.regionalName];
    const records = owned.map((domainName) => {
      const asked = certificate.domainValidationOptions.apply(
        (options) => options.find((option) => option.domainName === domainName) ?? notAsked(domainName),
      );
      return new aws.route53.Record(
        `${name}-${domainName}`,
        {
          zoneId: domain.hostedZone.id,
          name: asked.resourceRecordName,
          type: asked.resourceRecordType,
          records: [asked.resourceRecordValue],
          ttl: TTL_SECONDS,
        },
        parent,
      );
    });
    this.arn = new aws.acm.CertificateValidation(
      name,
      { certificateArn: certificate.arn },
      { parent: this, dependsOn: records },
    ).certificateArn;
    this.registerOutputs({ arn: this.arn, regionalName: this.regionalName });
  }
}

function notAsked(domainName: string): never {
  throw new Error(`ACM asks for no validation record of ${domainName}.`);
}
