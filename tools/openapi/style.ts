// How the page of the APIs looks.

export const style = `
:root { color-scheme: light dark; --line: #8886; --soft: #8881; --link: #0b57d0; }
@media (prefers-color-scheme: dark) { :root { --link: #8ab4f8; } }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; display: grid; grid-template-columns: 17rem minmax(0, 1fr); }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1rem; border-right: 1px solid var(--line); }
nav p { font-weight: 600; margin: 1rem 0 0; }
nav ul { list-style: none; margin: 0; padding: 0 0 0 .75rem; }
main { padding: 1rem 2rem 4rem; max-width: 70rem; }
a { color: var(--link); }
article { border-top: 1px solid var(--line); margin-top: 2rem; }
code, pre { font: .875em/1.45 ui-monospace, monospace; }
pre { background: var(--soft); padding: .75rem; overflow: auto; }
table { border-collapse: collapse; width: 100%; margin: .75rem 0; display: block; overflow-x: auto; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; overflow-wrap: normal; border-bottom: 1px solid var(--line); }
.required { font-weight: 400; font-size: .8em; }
.example { margin-bottom: 0; }
summary { cursor: pointer; padding: .25rem 0; }
@media (max-width: 48rem) {
  body { display: block; }
  nav { position: static; height: auto; border: 0; border-bottom: 1px solid var(--line); }
  main { padding: 1rem; }
}
`;
