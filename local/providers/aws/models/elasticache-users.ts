import { oneOf, shaped } from "../checks";
import { AwsError, type Model } from "../model";
import { mapOf, strings, text, textOr, type World } from "../world";
import { ENGINES } from "./elasticache-engine";

const USER = "aws:elasticache/user:User";
export const USER_GROUP = "aws:elasticache/userGroup:UserGroup";

/** Id of the user that AWS keeps in every account, for Redis OSS. */
const BUILT_IN_USER = "default";

const user: Model = {
  type: USER,
  source: "internal/service/elasticache/user.go",
  forceNew: ["userId", "userName"],
  kept: ["authenticationMode"],
  seconds: 15,
  taggable: true,
  computed: ["arn"],
  defaults: { noPasswordRequired: false },
  keptWhileReferenced: true,
  check: (inputs) => [
    ...shaped(inputs, "userId", /^[a-zA-Z][a-zA-Z0-9-]{0,39}$/, "1 to 40 letters, digits, hyphens"),
    ...oneOf(inputs, "engine", ENGINES),
    ...oneOf(mapOf(inputs["authenticationMode"]), "type", ["password", "no-password-required", "iam"]),
    ...strings(inputs["passwords"])
      .filter((password) => password.length < 16 || password.length > 128)
      .map(() => ({ property: "passwords", reason: "expected 16 to 128 characters" })),
  ],
  verify: (inputs) => {
    const { type } = mapOf(inputs["authenticationMode"]);
    if (type === "iam" && inputs["userId"] !== inputs["userName"]) {
      throw new AwsError(
        "InvalidParameterValue",
        "For authentication mode iam, userName has to be the same as userId.",
      );
    }
    const hasPasswords =
      strings(inputs["passwords"]).length + strings(mapOf(inputs["authenticationMode"])["passwords"]).length >
      0;
    if (type === undefined && !hasPasswords && inputs["noPasswordRequired"] !== true) {
      throw new AwsError(
        "InvalidParameterCombination",
        "No password was provided. If you want to create a user without password, please use the NoPasswordRequired flag.",
      );
    }
    if (
      (type === "iam" || type === "no-password-required" || inputs["noPasswordRequired"] === true) &&
      hasPasswords
    ) {
      throw new AwsError(
        "InvalidParameterCombination",
        `Passwords can't be given to a user of authentication mode ${textOr(mapOf(inputs["authenticationMode"]), "type", "no-password-required")}.`,
      );
    }
    if (!/^(on|off)\b/.test(text(inputs, "accessString"))) {
      throw new AwsError("InvalidParameterValue", "The access string has to begin with on or off.");
    }
  },
  make: (inputs, world) => {
    const id = text(inputs, "userId").toLowerCase();
    return { id, computed: { arn: world.arn("elasticache", `user:${id}`) } };
  },
};

const userGroup: Model = {
  type: USER_GROUP,
  source: "internal/service/elasticache/user_group.go",
  forceNew: ["userGroupId"],
  seconds: 35,
  taggable: true,
  computed: ["arn"],
  references: { userIds: { types: [USER], by: "id", builtIn: new RegExp(`^${BUILT_IN_USER}$`) } },
  keptWhileReferenced: true,
  check: (inputs) => [
    ...shaped(inputs, "userGroupId", /^[a-zA-Z][a-zA-Z0-9-]{0,39}$/, "1 to 40 letters, digits, hyphens"),
    ...oneOf(inputs, "engine", ENGINES),
  ],
  verify: (inputs, world) => {
    const engine = text(inputs, "engine");
    const members = strings(inputs["userIds"]).map((id) => memberOf(id, world));
    const foreign = members.find(
      (member) => member.engine === "redis" && engine === "valkey" && member.id === BUILT_IN_USER,
    );
    if (foreign !== undefined) {
      throw new AwsError(
        "InvalidParameterCombination",
        "The user default that AWS keeps is for Redis OSS, not for Valkey.",
      );
    }
    const names = members.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) < index);
    if (twice !== undefined) {
      throw new AwsError("DuplicateUserName", `A user group can't have two users with the name ${twice}.`);
    }
    // Valkey knows no obligatory user.
    if (engine === "redis" && !names.includes("default")) {
      throw new AwsError(
        "DefaultUserRequired",
        "A user group of Redis OSS needs a user with the name default.",
      );
    }
  },
  make: (inputs, world) => {
    const id = text(inputs, "userGroupId").toLowerCase();
    return { id, computed: { arn: world.arn("elasticache", `usergroup:${id}`) } };
  },
};

export const elasticacheUserModels: readonly Model[] = [user, userGroup];

function memberOf(id: string, world: World): { id: string; name: string; engine: string } {
  if (id === BUILT_IN_USER) {
    return { id, name: "default", engine: "redis" };
  }
  const { inputs } = world.need({ types: [USER], by: "id" }, id);
  return { id, name: text(inputs, "userName"), engine: text(inputs, "engine") };
}
