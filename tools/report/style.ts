/** The page's looks: system fonts, light and dark, one column on a phone. Nothing is loaded from anywhere. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --ink: #17202b; --quiet: #55606e; --line: #d9dee5;
  --accent: #1f5fbf; --soft: #eaf1fb; --good: #1a6b3c; --good-soft: #e4f4ea; --bad: #a3231c; --bad-soft: #fbe9e7;
  --warn: #7a4d00; --warn-soft: #fdf1d8;
  --edge: #6b3fa0; --public: #0f6a76; --private: #1f5fbf; --isolated: #8a3a12;
  --events: #1a6b3c; --guard: #93264f; --operations: #55606e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #10151c; --card: #18202a; --ink: #e8edf3; --quiet: #a5b1bf; --line: #303b48;
    --accent: #8ab8ff; --soft: #1c2a3d; --good: #7fd6a2; --good-soft: #15301f; --bad: #ff9d94; --bad-soft: #3b1c1a;
    --warn: #f2c46d; --warn-soft: #362a10;
    --edge: #c4a3f0; --public: #6fd0dc; --private: #8ab8ff; --isolated: #f0a67c;
    --events: #7fd6a2; --guard: #f09cc0; --operations: #a5b1bf;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
  overflow-wrap: anywhere;
}
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: .5rem 1rem; z-index: 1; }
header, main, footer { max-width: 72rem; margin: 0 auto; padding: 0 clamp(1rem, 4vw, 2.5rem); }
header { padding-top: clamp(1.5rem, 5vw, 3rem); }
footer { padding-block: 2rem 3rem; color: var(--quiet); font-size: .9rem; }
h1 { font-size: clamp(1.6rem, 5vw, 2.3rem); line-height: 1.2; margin: 0 0 .3rem; letter-spacing: -.01em; }
h2 { font-size: 1.35rem; margin: 3rem 0 .4rem; letter-spacing: -.01em; }
h3 { font-size: 1rem; margin: 1.5rem 0 .4rem; }
p { margin: .3rem 0 1rem; max-width: 46rem; }
.quiet { color: var(--quiet); }
nav ul { display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; list-style: none; padding: 0; margin: 1.2rem 0 0; }
nav a { display: inline-block; padding: .25rem 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(10.5rem, 1fr)); gap: .8rem; padding: 0; margin: 1.6rem 0 0; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: .9rem 1rem; }
.tile dt { color: var(--quiet); font-size: .85rem; }
.tile dd { margin: 0; font-size: 1.55rem; font-weight: 650; font-variant-numeric: tabular-nums; line-height: 1.3; }
.tile dd small { display: block; font-size: .82rem; font-weight: 400; color: var(--quiet); }
figure { margin: 1rem 0 0; }
figcaption { color: var(--quiet); font-size: .9rem; margin-top: .6rem; }
.region { border: 2px solid var(--line); border-radius: 16px; padding: clamp(.7rem, 2.5vw, 1.3rem); background: var(--card); }
.region { margin-top: .2rem; }
.region + .region { margin-top: 1rem; }
.region > h3, .vpc > .name { margin: 0 0 .8rem; }
.vpc { border: 2px dashed var(--line); border-radius: 14px; padding: clamp(.6rem, 2vw, 1rem); margin: .4rem 0; }
.name { font-size: .95rem; font-weight: 700; margin: 0; max-width: none; }
.outside { text-align: center; font-weight: 600; border: 2px solid var(--line); border-radius: 999px; width: fit-content; margin: 0 auto; padding: .3rem 1.4rem; background: var(--card); }
.way { text-align: center; color: var(--quiet); line-height: 1; margin: .35rem 0; font-size: 1.2rem; }
.tier { --tone: var(--operations); border-left: 5px solid var(--tone); border-radius: 10px; background: color-mix(in srgb, var(--tone) 7%, transparent); padding: .7rem .8rem .8rem; }
.tier + .tier { margin-top: .6rem; }
.tier .name { color: var(--tone); }
.tier .means { color: var(--quiet); font-size: .85rem; font-weight: 400; }
.edge { --tone: var(--edge); } .public { --tone: var(--public); } .private { --tone: var(--private); }
.isolated { --tone: var(--isolated); } .events { --tone: var(--events); } .guard { --tone: var(--guard); }
.boxes { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(13rem, 100%), 1fr)); gap: .5rem; align-items: start; list-style: none; padding: 0; margin: .6rem 0 0; }
.boxes li { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .45rem .65rem; }
.boxes b { display: block; font-size: .92rem; }
.boxes span { display: block; line-height: 1.4; color: var(--quiet); font-size: .82rem; }
.zones { display: flex; flex-wrap: wrap; gap: .3rem .5rem; list-style: none; padding: 0; margin: .5rem 0 0; font-size: .78rem; color: var(--quiet); }
.zones li { border: 1px solid var(--line); border-radius: 999px; padding: .05rem .6rem; background: var(--card); }
.beside { display: grid; gap: .6rem; margin-top: .6rem; }
@media (min-width: 60rem) { .beside { grid-template-columns: repeat(3, 1fr); } .beside .tier { margin: 0; } .beside { align-items: start; } .beside .boxes { grid-template-columns: 1fr; } }
table { border-collapse: separate; border-spacing: 0; width: 100%; font-size: .92rem; border: 1px solid var(--line); border-radius: 12px; background: var(--card); margin: .8rem 0 1.2rem; overflow: hidden; }
caption { text-align: left; padding: .7rem .9rem; color: var(--quiet); }
th, td { text-align: left; vertical-align: top; padding: .5rem .9rem; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--quiet); font-weight: 600; font-size: .85rem; white-space: nowrap; }
caption + thead th { border-top: 1px solid var(--line); }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.bar { display: block; height: .35rem; min-width: 3px; border-radius: 4px; background: var(--accent); margin-top: .45rem; }
.state { display: inline-block; border-radius: 999px; padding: 0 .6rem; font-size: .85rem; white-space: nowrap; background: var(--soft); color: var(--ink); }
.state.fail { background: var(--bad-soft); color: var(--bad); }
.state.pass { background: var(--good-soft); color: var(--good); }
.state.indeterminate, .state.suppressed { background: var(--warn-soft); color: var(--warn); }
details { border: 1px solid var(--line); border-radius: 12px; background: var(--card); margin: .5rem 0; }
summary { cursor: pointer; padding: .6rem .9rem; font-weight: 600; }
summary .quiet { font-weight: 400; }
details > table { border: 0; border-top: 1px solid var(--line); border-radius: 0 0 12px 12px; margin: 0; }
details > pre { border-top: 1px solid var(--line); margin: 0; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: .9rem; font: .85rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
code { font: .88em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
@media (max-width: 44rem) {
  table, tbody, tr, td, tbody th, caption { display: block; }
  thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; white-space: nowrap; }
  tr { border-top: 1px solid var(--line); padding: .55rem 0; }
  td, tbody th { border: 0; padding: .12rem .9rem; }
  td.number { text-align: left; }
  td::before { content: attr(data-label) ": "; color: var(--quiet); }
}
@media print { nav, .skip { display: none; } body { background: #fff; } }
`;
