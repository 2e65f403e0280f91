import { installedMajors } from "../../functions/support/postgres-server";
import { describeCrashPoints } from "../support/crash-suite";

// The other version and users made by rotation: tests/soak.
const [major = 17] = installedMajors();
describeCrashPoints(major, ["pair", "single"]);
