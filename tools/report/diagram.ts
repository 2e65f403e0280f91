import type { Box, Zone } from "./boxes";
import type { Facts } from "./facts";
import { type Html, html } from "./html";
import { TIERS, type TierId } from "./tiers";

const IN_VPC = TIERS.filter(({ inVpc }) => inVpc);
const BESIDE = TIERS.filter(({ inVpc, id }) => !inVpc && id !== "edge");
const SUBNETS = ["public", "private", "isolated"] as const;
const DOWN = html`<div class="way" aria-hidden="true">↓</div>`;

/** The stack from the internet inwards, a frame per region. */
export function diagram({ boxes, regions, zones }: Facts): Html {
  const names = boxes.filter(({ region, tier }) => region === undefined && tier === "edge");
  const account = boxes.filter(({ region, tier }) => region === undefined && tier !== "edge");
  return html`<figure>
    <div class="outside">Internet</div>
    ${DOWN}
    ${names.length > 0 ? [band("edge", "Names", "where callers are led", names, []), DOWN] : undefined}
    ${regions.map((region) =>
      frame(
        region,
        boxes.filter((box) => box.region === region),
        zones,
      ),
    )}
    ${
      account.length > 0
        ? html`<section class="region" aria-label="Account">
            <h3>The account, in no region</h3>
            ${beside(account)}
          </section>`
        : undefined
    }
    <figcaption>
      From the internet inwards. What stands below the network is reached through its endpoints.
    </figcaption>
  </figure>`;
}

function frame(region: string, boxes: readonly Box[], zones: readonly Zone[]): Html {
  const own = zones.filter(({ name }) => name.startsWith(region));
  const inVpc = IN_VPC.filter(({ id }) => boxes.some(({ tier }) => tier === id));
  const edge = boxes.filter(({ tier }) => tier === "edge");
  return html`<section class="region" aria-label="Region ${region}">
    <h3>${region}</h3>
    ${edge.length > 0 ? [bandOf("edge", edge, []), DOWN] : undefined}
    ${
      inVpc.length > 0
        ? html`<div class="vpc">
            <p class="name">VPC${own.length > 0 ? `, ${own.length} zones` : ""}</p>
            ${inVpc.map(({ id }) => bandOf(id, of(boxes, id), own))}
          </div>`
        : undefined
    }
    ${beside(boxes)}
  </section> `;
}

function beside(boxes: readonly Box[]): Html {
  const tiers = BESIDE.filter(({ id }) => of(boxes, id).length > 0);
  return html`<div class="beside">${tiers.map(({ id }) => bandOf(id, of(boxes, id), []))}</div>`;
}

function bandOf(id: TierId, boxes: readonly Box[], zones: readonly Zone[]): Html {
  const tier = TIERS.find((it) => it.id === id);
  return band(id, tier?.title ?? id, tier?.means ?? "", boxes, zones);
}

function band(id: TierId, title: string, means: string, boxes: readonly Box[], zones: readonly Zone[]): Html {
  const subnets = SUBNETS.find((it) => it === id);
  const chips =
    subnets === undefined
      ? []
      : zones.flatMap(({ name, cidrs }) => cidrs[subnets].map((cidr) => html`<li>${name} ${cidr}</li>`));
  return html`<div class="tier ${id}">
    <p class="name">${title} <span class="means">${means}</span></p>
    <ul class="boxes">
      ${boxes.map((box) => html`<li><b>${box.title}</b><span>${box.detail}</span></li>`)}
    </ul>
    ${
      chips.length > 0
        ? html`<ul class="zones">
            ${chips}
          </ul>`
        : undefined
    }
  </div> `;
}

function of(boxes: readonly Box[], tier: TierId): readonly Box[] {
  return boxes.filter((box) => box.tier === tier);
}
