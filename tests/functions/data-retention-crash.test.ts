import { describeRetentionCrashes } from "./support/retention-crash";

// Spread over all kinds of points; the soak tries every one.
describeRetentionCrashes(5);
