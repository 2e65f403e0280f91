/** The package has no types of its own; this is what is used of it. */
declare module "asl-validator" {
  /** Compares a definition with the schema of Amazon's States Language, and its states with each other. */
  export default function validate(definition: object): {
    readonly errors: readonly { readonly Message: string }[];
  };
}
