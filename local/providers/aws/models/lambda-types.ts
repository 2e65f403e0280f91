/** What other services ask of functions. */
import { outputsOf, type StoredObject } from "../../../account/store";
import { AwsError } from "../model";
import { matchesPattern } from "../policy-documents";
import { text, type World } from "../world";

export const FUNCTION = "aws:lambda/function:Function";
export const PERMISSION = "aws:lambda/permission:Permission";

/** The function that a name or an ARN, with or without qualifier, stands for; refuses when there is none. */
export function functionNamed(world: World, nameOrArn: string): StoredObject {
  const found = world.resolve({ types: [FUNCTION], by: "id" }, functionName(nameOrArn));
  if (!found) {
    throw new AwsError("ResourceNotFoundException", `Function not found: ${nameOrArn}`);
  }
  return found;
}

/** The name in a name or an ARN, without qualifier. */
function functionName(nameOrArn: string): string {
  return nameOrArn.replace(/^arn:[^:]+:lambda:[^:]+:\d{12}:function:/, "").replace(/:[^:]+$/, "");
}

/** Refuses unless a permission lets a service invoke a function, for the given caller. */
export function requirePermission(
  world: World,
  functionArn: string,
  service: string,
  refusal: { readonly sourceArn: string; readonly code: string; readonly problem: string },
): void {
  const { id } = functionNamed(world, functionArn);
  const isPermitted = world
    .all(PERMISSION)
    .map(outputsOf)
    .some(
      (permission) =>
        functionName(text(permission, "function")) === id &&
        permission["principal"] === service &&
        ["lambda:InvokeFunction", "lambda:*"].includes(text(permission, "action")) &&
        (permission["sourceAccount"] ?? world.place.account) === world.place.account &&
        (permission["sourceArn"] === undefined ||
          matchesPattern(text(permission, "sourceArn"), refusal.sourceArn)),
    );
  if (!isPermitted) {
    throw new AwsError(refusal.code, refusal.problem);
  }
}
