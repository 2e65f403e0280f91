import { describeRetentionCrashes } from "../functions/support/retention-crash";

describeRetentionCrashes(1);
