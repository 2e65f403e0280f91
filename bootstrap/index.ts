import { ApiLogs } from "./api-logs";
import { Boundaries } from "./boundaries";
import { loadBootstrapConfig } from "./config";
import { deployRoleArn, Pipeline } from "./pipeline";
import { placesOf, stackPlacesOf } from "./places";
import { PublicAccessBlock } from "./public-access-block";
import { Registry } from "./registry";
import { ServiceLinkedRoles } from "./service-linked-roles";
import { State } from "./state";
import { stateNames } from "./state/names";

const config = loadBootstrapConfig();
const { registry, serviceLinkedRoles, settings } = config;
const { protection: protect } = config.environment;
const places = placesOf(config);
const [home] = places;
const stacks = stackPlacesOf(config, places);
const [ownStack] = stacks;

// Limits: what roles may do at most.
const boundaries = new Boundaries(
  "boundary",
  {
    accountId: home.accountId,
    region: home.region,
    ...(home.takenOverBy !== undefined && { standbyRegion: home.takenOverBy }),
    state: {
      bucketNames: places.flatMap(({ names }) => {
        const { bucketName, copyName, logsName } = stateNames(names);
        return [bucketName, copyName, logsName];
      }),
      keyAlias: stateNames(home.names).keyAlias,
    },
    ...(!protect && ownStack && { mayTakeDown: deployRoleArn(ownStack) }),
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
const made = places.map((place) => {
  const boundaryArn = boundaries.workloadIn(place.region);
  if (settings.apiLogs === "create") {
    new ApiLogs(`api-logs-${place.role}`, { names: place.names, boundaryArn }, place.opts);
  }
  const images = new Registry(
    `registry-${place.role}`,
    { ...place, registry, boundaryArn, protect },
    { ...place.opts, dependsOn: [linkedRoles] },
  );
  const state = new State(`state-${place.role}`, { ...place, state: config.state, protect }, place.opts);
  return { images, state };
});

// What a region that is down would take with it.
const [atHome, standingBy] = made;
if (atHome && standingBy && boundaries.replication) {
  standingBy.state.copyFrom(atHome.state, boundaries.replication);
}

// Who deploys.
const pipeline = new Pipeline(
  "pipeline",
  { ...home, ci: config.ci, stacks, boundaryArn: boundaries.operator },
  // Its role that pushes images names the repository.
  { ...home.opts, dependsOn: made.map(({ images }) => images) },
);

export const stateBuckets = made.map(({ state }) => state.bucket.bucketName);
export const roleArns = pipeline.roleArns;
export const imageRoleArn = pipeline.imageRoleArn;
