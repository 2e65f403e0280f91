import { oneOf, shaped } from "../checks";
import { AwsError, type Model } from "../model";
import { text, textOr } from "../world";

const ANALYZER = "aws:accessanalyzer/analyzer:Analyzer";

/** Analyzers of one type in a region; the quota for accounts can't be raised. */
const OF_A_TYPE = 1;

const analyzer: Model = {
  type: ANALYZER,
  source: "internal/service/accessanalyzer/analyzer.go",
  forceNew: ["analyzerName", "type"],
  seconds: 2,
  taggable: true,
  computed: ["arn"],
  defaults: { type: "ACCOUNT" },
  check: (inputs) => [
    ...shaped(
      inputs,
      "analyzerName",
      /^[A-Za-z][\w.-]{0,254}$/,
      "a letter, then up to 254 letters, digits and _.-",
    ),
    ...oneOf(inputs, "type", [
      "ACCOUNT",
      "ORGANIZATION",
      "ACCOUNT_UNUSED_ACCESS",
      "ORGANIZATION_UNUSED_ACCESS",
      "ACCOUNT_INTERNAL_ACCESS",
      "ORGANIZATION_INTERNAL_ACCESS",
    ]),
  ],
  unique: (inputs) => ({
    claim: text(inputs, "analyzerName"),
    taken: `ConflictException: Analyzer already exists: ${text(inputs, "analyzerName")}`,
  }),
  verify: (inputs, world) => {
    const type = textOr(inputs, "type", "ACCOUNT");
    const others = world.all(ANALYZER).filter((it) => textOr(it.inputs, "type", "ACCOUNT") === type);
    if (others.length >= OF_A_TYPE) {
      throw new AwsError(
        "ServiceQuotaExceededException",
        `The maximum number of analyzers of type ${type} has been reached: ${OF_A_TYPE}.`,
      );
    }
  },
  make: (inputs, world) => {
    const name = text(inputs, "analyzerName");
    return { id: name, computed: { arn: world.arn("access-analyzer", `analyzer/${name}`) } };
  },
};

export const accessAnalyzerModels: readonly Model[] = [analyzer];
