import { diagram } from "./diagram";
import type { Facts } from "./facts";
import { Html, html } from "./html";
import { alarms, copies, cost, head, policies, resources, retention } from "./sections";
import { STYLE } from "./style";

const SECTIONS = [
  { id: "diagram", title: "Architecture", content: diagram },
  { id: "cost", title: "Cost", content: cost },
  { id: "policies", title: "Policies", content: policies },
  { id: "alarms", title: "Alarms and runbooks", content: alarms },
  { id: "retention", title: "Retention", content: retention },
  { id: "copies", title: "Copies in other regions", content: copies },
  { id: "resources", title: "Resources", content: resources },
] as const;

/** The whole report: one page, which needs nothing but itself. */
export function renderPage(facts: Facts): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <link rel="icon" href="data:," />
        <title>Architecture of ${facts.stack}</title>
        <style>
          ${new Html(STYLE)}
        </style>
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header>
          ${head(facts)}
          <nav aria-label="Sections">
            <ul>
              ${SECTIONS.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}
            </ul>
          </nav>
        </header>
        <main id="content">
          ${SECTIONS.map(
            ({ id, title, content }) =>
              html`<section aria-labelledby="${id}">
                <h2 id="${id}">${title}</h2>
                ${content(facts)}
              </section> `,
          )}
        </main>
        <footer>
          Made by <code>npm run report</code> from an export of the stack. It holds no secrets and no
          contacts.
        </footer>
      </body>
    </html> `;
  return page.text;
}
