/** One rule of a repository's lifecycle policy, without its place in it. */
interface LifecycleRule {
  readonly description: string;
  readonly selection: Readonly<Record<string, unknown>>;
}

/** The text of a lifecycle policy; an image that several rules choose is deleted by the first of them. */
export function lifecycle(...rules: readonly LifecycleRule[]): string {
  const numbered = rules.map(({ description, selection }, index) => ({
    rulePriority: index + 1,
    description,
    selection,
    action: { type: "expire" },
  }));
  return JSON.stringify({ rules: numbered });
}

/** Deletes images that no tag names any more, such as those of a push that was interrupted. */
export function expireUntagged(days: number): LifecycleRule {
  return {
    description: `Without a tag for ${days} days`,
    selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: days },
  };
}

/** Keeps some images of a repository: the newest. */
export function expireBeyond(count: number): LifecycleRule {
  return {
    description: `More than ${count} images`,
    selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: count },
  };
}

/** Deletes images a time after they came. */
export function expireAfter(days: number): LifecycleRule {
  return {
    description: `Copied more than ${days} days ago`,
    selection: { tagStatus: "any", countType: "sinceImagePushed", countUnit: "days", countNumber: days },
  };
}
