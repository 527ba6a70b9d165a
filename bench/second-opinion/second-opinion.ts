/**
 * `npm run test:second-opinion`: asks fakesnow, sqlfluff and polyglot about every statement that Zoner emits for the
 * golden and example contracts and for every kind of change, and about the cases of the local Snowflake's contract. None
 * of them is Snowflake; each difference is looked at, and `known-differences.ts` says who is right. Exits 1 on one that
 * it does not explain, 3 where the tools cannot be installed.
 */
import { type Comparison, renderConformance, tally } from '#bench/conformance-report.ts';
import { runEntry } from '#bench/entry.ts';
import type { Asked, Script } from '#bench/second-opinion/asked.ts';
import { compareParses, compareReferences, compareRuns } from '#bench/second-opinion/compare.ts';
import { askFakesnow } from '#bench/second-opinion/fakesnow.ts';
import { grantScript } from '#bench/second-opinion/grants.ts';
import { openPolyglot } from '#bench/second-opinion/polyglot.ts';
import { recordScripts } from '#bench/second-opinion/scripts.ts';
import { askSqlfluff } from '#bench/second-opinion/sqlfluff.ts';
import { installTools, type Tools } from '#bench/second-opinion/tools.ts';
import { openLab } from '#snowflake/local/lab.ts';

await runEntry(async () => {
  const tell = (text: string): void => {
    process.stderr.write(`${text}\n`);
  };
  const tools = await installTools(process.env, tell);
  tell('running every statement on the local Snowflake, which is not the real one');
  const lab = await openLab();
  const scripts = await recordScripts(lab.warehouse);
  await lab.close();
  const comparisons: Comparison[] = [];
  tell(`asking sqlfluff and polyglot about ${scripts.length} scripts`);
  comparisons.push(...(await sqlfluffSays(tools, [...scripts, await grantScript()])));
  comparisons.push(...(await polyglotSays(tools, scripts)));
  tell('running every statement on fakesnow');
  for (const [script, answers] of await askFakesnow(tools, scripts))
    comparisons.push(...compareRuns(script, answers));
  const counts = tally(comparisons);
  process.stdout.write(renderConformance(comparisons, counts));
  return counts.disagreements === 0 && counts.cases > 0 ? 0 : 1;
});

/** Each text once: most statements differ only in the database that they name. */
async function sqlfluffSays(tools: Tools, scripts: readonly Script[]): Promise<readonly Comparison[]> {
  const texts = new Map<string, { readonly script: Script; readonly asked: Asked }>();
  for (const script of scripts) {
    for (const asked of script.asked)
      texts.set(asked.sql.replaceAll(script.place.database, 'DB'), { script, asked });
  }
  const says = await askSqlfluff(tools, [...texts.keys()]);
  return [...texts.values()].map(({ script, asked }, index) =>
    compareParses(script, asked, says[index] ?? null),
  );
}

async function polyglotSays(tools: Tools, scripts: readonly Script[]): Promise<readonly Comparison[]> {
  const ask = await openPolyglot(tools);
  return scripts.flatMap((script) =>
    script.asked
      .filter(({ before, sql }) => before !== null && !sql.includes('INFORMATION_SCHEMA'))
      .map((asked) => compareReferences(script, asked, ask(asked, script.place))),
  );
}
