#!/usr/bin/env -S node --disable-warning=TimeoutNegativeWarning --max-semi-space-size=16
import { createProgram } from '#cli/program.ts';
import { reportError } from '#cli/report-error.ts';
import { processShell } from '#cli/shell.ts';
import { stopSignal } from '#cli/stop-signal.ts';

// A report that Node writes of a crash, if it is asked to, lists the environment: there the secrets are.
if (process.report) process.report.excludeEnv = true;
const shell = processShell(stopSignal());
try {
  process.exitCode = await createProgram(shell).run(process.argv.slice(2));
} catch (error) {
  process.exitCode = reportError(error, shell);
}
// Client libraries keep timers and sockets beyond their close; what a command promised is done by now.
process.exit();
