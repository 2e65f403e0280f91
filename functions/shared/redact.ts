import { OperatorError, readThrown } from "./errors";

/** Stands for a secret in a text. */
export const HIDDEN = "[secret]";

/** Takes known secrets out of texts before they are logged or thrown. */
export class Redactor {
  readonly #forms = new Set<string>();

  /** Remembers a secret in the forms in which it turns up: as it is, in JSON, in a URI, in an SQL literal. */
  add(secret: string): void {
    if (secret === "") return;
    this.#forms.add(secret);
    this.#forms.add(JSON.stringify(secret).slice(1, -1));
    this.#forms.add(secret.replaceAll("'", "''"));
    this.#forms.add(secret.replaceAll("'", "''").replaceAll("\\", "\\\\"));
    // Half a surrogate pair has no URI form.
    if (!/\p{Surrogate}/u.test(secret)) this.#forms.add(encodeURIComponent(secret));
  }

  /** The text without any of the secrets. */
  text(text: string): string {
    // Longest first: a secret that contains another one must not leave its remainder.
    const forms = [...this.#forms].sort((a, b) => b.length - a.length);
    return forms.reduce((rest, form) => rest.replaceAll(form, HIDDEN), text);
  }
}

/** The same failure without any of the secrets; a failure that nobody foresaw becomes one in words. */
export function redacted(error: unknown, redactor: Redactor): OperatorError {
  if (error instanceof OperatorError) {
    return new OperatorError(error.name, redactor.text(error.what), redactor.text(error.remedy));
  }
  const { code, message } = readThrown(error);
  return new OperatorError(
    "Unexpected",
    redactor.text(`Something failed that should not: ${code ?? ""} ${message}.`),
    "run again: what is done stays done. If it fails the same way, the function has a defect.",
  );
}
