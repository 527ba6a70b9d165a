import { fileOf, openRows, type Reporter, sentenceOf } from '#check/report/reporter.ts';
import { CHECK_RULES, type CheckRule } from '#check/rules.ts';

/** SARIF 2.1.0 (OASIS), as code scanning services read it. */
export const renderSarif: Reporter = (verdict, { schemas }) => {
  const open = openRows(verdict);
  const ids = [...new Set(open.map(({ row }) => row.rule))].sort();
  const rules = ids.map((id: CheckRule) => ({
    id,
    shortDescription: { text: CHECK_RULES[id].summary },
    defaultConfiguration: { level: levelOf(CHECK_RULES[id].weight) },
  }));
  const results = open.map(({ contract, row }) => ({
    ruleId: row.rule,
    ruleIndex: ids.indexOf(row.rule),
    level: levelOf(row.weight),
    message: { text: sentenceOf(row) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: encodeURI(fileOf(row, schemas)), uriBaseId: '%SRCROOT%' },
          region: { startLine: row.position.line, startColumn: row.position.column },
        },
        logicalLocations: [{ fullyQualifiedName: `${contract}: ${row.at}` }],
      },
    ],
    partialFingerprints: { place: `${contract}/${row.rule}/${row.at}` },
  }));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver: { name: 'zoner check', rules } }, results }],
  };
  return JSON.stringify(log, null, 2);
};

function levelOf(weight: string): 'error' | 'warning' | 'note' {
  return weight === 'breaking' ? 'error' : weight === 'warning' ? 'warning' : 'note';
}
