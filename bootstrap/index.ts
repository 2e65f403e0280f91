import { ApiLogs } from "./api-logs";
import { Boundaries } from "./boundaries";
import { loadBootstrapConfig } from "./config";
import { placesOf } from "./places";
import { PublicAccessBlock } from "./public-access-block";
import { Registry } from "./registry";
import { ServiceLinkedRoles } from "./service-linked-roles";

const config = loadBootstrapConfig();
const { registry, serviceLinkedRoles, settings } = config;
const { protection: protect } = config.environment;
const places = placesOf(config);
const [home] = places;

// Limits: what roles may do at most.
const boundaries = new Boundaries(
  "boundary",
  {
    accountId: home.accountId,
    region: home.region,
    ...(home.takenOverBy !== undefined && { standbyRegion: home.takenOverBy }),
    state: {
      bucketName: home.names.fixed("bucket", "state"),
      keyAlias: home.names.fixed("kmsAlias", "state"),
    },
    protect,
  },
  home.opts,
);

// What AWS's services need in the account before they are used.
const linkedRoles = new ServiceLinkedRoles("linked-roles", { roles: serviceLinkedRoles }, home.opts);
if (settings.s3PublicAccessBlock === "create") {
  new PublicAccessBlock("public-access", { accountId: home.accountId, protect }, home.opts);
}

// The same in each region, so that nothing there needs another one.
for (const place of places) {
  const boundaryArn = boundaries.workloadIn(place.region);
  if (settings.apiLogs === "create") {
    new ApiLogs(`api-logs-${place.role}`, { names: place.names, boundaryArn }, place.opts);
  }
  new Registry(
    `registry-${place.role}`,
    { ...place, registry, boundaryArn, protect },
    { ...place.opts, dependsOn: [linkedRoles] },
  );
}
