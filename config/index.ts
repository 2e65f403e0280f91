/** The stack's configuration: the only part of the program that reads Pulumi config. */
export * from "./load";
export * from "./naming";
export * from "./problem";
export * from "./schema";
export * from "./tags";
