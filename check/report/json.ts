import { fileOf, type Reporter } from '#check/report/reporter.ts';
import { summaryOf } from '#check/report/summary.ts';

/** For programs: all that the verdict holds. */
export const renderJson: Reporter = (verdict, { schemas }) => {
  const contracts = verdict.contracts.map((contract) => ({
    ...contract,
    rows: contract.rows.map((row) => ({ ...row, position: { ...row.position, file: fileOf(row, schemas) } })),
  }));
  return JSON.stringify(
    { ...summaryOf(verdict), against: verdict.against, notes: verdict.notes, verdicts: contracts },
    null,
    2,
  );
};
