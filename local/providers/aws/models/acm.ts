import { randomUUID } from "node:crypto";
import { outputsOf, type Props, type StoredObject } from "../../../account/store";
import { oneOf, shaped } from "../checks";
import { AwsError, type Model } from "../model";
import { hexOf, mapsOf, strings, text, textOr, type World } from "../world";
import { RECORD, recordName } from "./route53";

export const CERTIFICATE = "aws:acm/certificate:Certificate";
const DOMAIN_NAME = "aws:apigateway/domainName:DomainName";

/** Names of one certificate beside its first (quota L-FB94F0B0). */
const DEFAULT_NAMES = 10;
/** Characters of a certificate's first name (RFC 5280). */
const LONGEST_FIRST_NAME = 64;

const certificate: Model = {
  type: CERTIFICATE,
  source: "internal/service/acm/certificate.go",
  forceNew: [
    ...["certificateAuthorityArn", "domainName", "keyAlgorithm", "subjectAlternativeNames"],
    ...["validationMethod", "validationOptions"],
  ],
  kept: ["keyAlgorithm", "options", "subjectAlternativeNames", "validationMethod"],
  seconds: 10,
  taggable: true,
  computed: ["arn", "domainValidationOptions", "status", "type"],
  defaults: { keyAlgorithm: "RSA_2048" },
  check: (inputs) => [
    ...shaped(inputs, "domainName", /[^.]$/, "a name without a final period"),
    ...oneOf(inputs, "validationMethod", ["DNS", "EMAIL"]),
  ],
  verify: (inputs, world) => {
    const [first = "", ...others] = namesOf(inputs);
    if (first.length > LONGEST_FIRST_NAME) {
      throw new AwsError(
        "ValidationException",
        `The first domain name can be no longer than ${LONGEST_FIRST_NAME} characters.`,
      );
    }
    if (others.length + 1 > world.quota({ code: "L-FB94F0B0", limit: DEFAULT_NAMES })) {
      throw new AwsError("LimitExceededException", "Error: the certificate has too many domain names.");
    }
  },
  make: (inputs, world) => {
    const arn = world.arn("acm", `certificate/${randomUUID()}`);
    return {
      id: arn,
      computed: {
        arn,
        status: "PENDING_VALIDATION",
        type: "AMAZON_ISSUED",
        domainValidationOptions: namesOf(inputs).map((domainName) => ({
          domainName,
          // The same in every region: a name and an account have one record for all their certificates.
          resourceRecordName: `_${hexOf(`${world.place.account} ${domainName}`, 32)}.${domainName}.`,
          resourceRecordType: "CNAME",
          resourceRecordValue: `_${hexOf(`${domainName} ${world.place.account}`, 32)}.acm-validations.aws.`,
        })),
      },
    };
  },
  heldBy: ({ id }, world) =>
    world
      .all(DOMAIN_NAME)
      .filter(({ inputs }) => inputs["regionalCertificateArn"] === id)
      .map((user) => user.id),
};

const certificateValidation: Model = {
  type: "aws:acm/certificateValidation:CertificateValidation",
  source: "internal/service/acm/certificate_validation.go",
  forceNew: ["certificateArn", "validationRecordFqdns"],
  seconds: 60,
  taggable: false,
  computed: [],
  references: { certificateArn: { types: [CERTIFICATE], by: "arn" } },
  verify: (inputs, world) => {
    const missing = missingRecords(certificateAt(text(inputs, "certificateArn"), world), world);
    if (missing.length > 0) {
      throw new AwsError(
        "timeout",
        `ACM Certificate (${text(inputs, "certificateArn")}) is still PENDING_VALIDATION after 75 minutes: ` +
          `no record answers for ${missing.join(", ")}`,
      );
    }
  },
  // The provider takes the time of issue; here it has to tell two certificates apart.
  make: (inputs) => ({ id: `issued ${hexOf(text(inputs, "certificateArn"), 16)}`, computed: {} }),
};

export const acmModels: readonly Model[] = [certificate, certificateValidation];

/** Refuses a certificate that is not issued yet, or is for other names. */
export function requireCertificateFor(domainName: string, arn: string, world: World): void {
  const found = certificateAt(arn, world);
  if (missingRecords(found, world).length > 0) {
    throw new AwsError(
      "BadRequestException",
      `Unable to associate certificate ${arn} with ${domainName}: the certificate is not issued`,
    );
  }
  const parent = domainName.slice(domainName.indexOf(".") + 1);
  if (!namesOf(found.inputs).some((name) => name === domainName || name === `*.${parent}`)) {
    throw new AwsError(
      "BadRequestException",
      `The specified SSL certificate does not match the domain name: ${domainName}`,
    );
  }
}

function certificateAt(arn: string, world: World): StoredObject {
  return world.need({ types: [CERTIFICATE], by: "arn" }, arn);
}

/** The first name, then the others. */
function namesOf(inputs: Props): string[] {
  return [...new Set([text(inputs, "domainName"), ...strings(inputs["subjectAlternativeNames"])])];
}

/** Names of a certificate for which DNS does not say what ACM wants to read. */
function missingRecords(object: StoredObject, world: World): string[] {
  const records = world.accounts
    .list()
    .filter(({ type, state }) => type === RECORD && state === "available")
    .map(({ inputs }) => `${recordName(inputs)} ${strings(inputs["records"]).join(" ")}`);
  return mapsOf(outputsOf(object)["domainValidationOptions"])
    .filter((option) => {
      const name = textOr(option, "resourceRecordName", "").replace(/\.$/, "");
      return !records.includes(`${name} ${textOr(option, "resourceRecordValue", "")}`);
    })
    .map((option) => textOr(option, "domainName", ""));
}
