import { decide, type Must } from "./must";

// Words that name a secret's value, whatever follows or unless an ending only names where it is or what it is like.
const SECRET = /(password|passwd|secret|token|api_?key|private_?key|access_?key|credential)/i;
// Half of a pair of AWS credentials: where it is, the other half is too.
const ALWAYS = /access_?key_?id$/i;
const POINTER = /_?(arn|arns|name|names|id|ids|path|prefix|url|days|seconds|version)$/i;

/** The name of a setting: `DB_PASSWORD` promises a secret's value, `DB_SECRET_ARN` only names one. */
export const isNoSecretName: Must = {
  judge: decide((value) => {
    const name = String(value);
    return !ALWAYS.test(name) && (!SECRET.test(name) || POINTER.test(name));
  }),
  wrong: "has the name of a secret",
  allowed: "names of settings, and names that end in ARN, NAME or ID",
};
