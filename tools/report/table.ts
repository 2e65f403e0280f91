import { type Html, html, type Part } from "./html";

/** A column of a table. */
export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => Part;
  /** Figures stand on the right. */
  readonly isNumber?: true;
}

/**
 * A table whose first column names its rows; on a phone each row becomes a block, so that nothing scrolls
 * sideways. The roles say what the looks of a phone would hide from assistive technology.
 */
export function table<Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[]): Html {
  const [head, ...rest] = columns;
  if (head === undefined || rows.length === 0) return html`<p>None.</p>`;
  const kind = ({ isNumber }: Column<Row>) => (isNumber ? html`class="number"` : undefined);
  return html`<table role="table">
    <caption>
      ${caption}
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        ${columns.map((column) => html`<th scope="col" role="columnheader" ${kind(column)}>${column.title}</th>`)}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${rows.map(
        (row) =>
          html`<tr role="row">
            <th scope="row" role="rowheader">${head.cell(row)}</th>
            ${rest.map(
              (column) =>
                html`<td role="cell" ${kind(column)} data-label="${column.title}">${column.cell(row)}</td>`,
            )}
          </tr> `,
      )}
    </tbody>
  </table>`;
}
