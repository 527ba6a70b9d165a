import type { AddCommand } from '#cli/command.ts';
import { openBoard } from '#cli/open-board.ts';
import { type ContractOptions, portNumber, positiveInteger, withContracts } from '#cli/options.ts';
import { Resources } from '#cli/resources.ts';
import { listen, refuseOpenHost } from '#cli/serve-options.ts';
import { loadSettings } from '#cli/settings.ts';
import { stopped } from '#cli/stop-signal.ts';
import { createLog } from '#core/log.ts';

interface Options extends ContractOptions {
  readonly host: string;
  readonly port: number;
  readonly rateLimit: number;
}

const AFTER_HELP = `
It reads and changes nothing: the flow of the last hour, dead letters by cause with the proof of a replay, contracts with
the fields that changed, the statements of a DDL plan, and one record's way from its offset to a row or a letter. What is
tagged as personal is masked. The warehouse is asked only while somebody looks, at most once a minute.
For another --host set ZONER_API_JWT_SECRET or ZONER_API_JWKS_URL; a token needs the scope zoner:read.`;

/** `zoner console`: the operator's page. */
export const addConsole: AddCommand = (program, shell) => {
  withContracts(program.command('console'))
    .option('--host <address>', 'where to listen', '127.0.0.1')
    .option('--port <number>', '0 for any free one', portNumber, 8081)
    .option('--rate-limit <count>', 'requests a minute of one person or address', positiveInteger, 600)
    .addHelpText('after', AFTER_HELP)
    .action(async (options: Options) => {
      await using resources = new Resources();
      const config = loadSettings(shell, options.env);
      await refuseOpenHost(config, options.host);
      const { createConsole } = await import('#console/server.ts');
      const { createAuthenticate } = await import('#api/authentication.ts');
      const { LOOPBACK } = await import('#api/host-guard.ts');
      const log = createLog(config.logLevel);
      const { board, readLife } = await openBoard(shell, config, options, log, resources);
      const authenticate = createAuthenticate(config.apiAuth);
      const hosts = config.apiAuth === null ? new Set([...LOOPBACK, options.host]) : null;
      const app = await createConsole(
        { board, authenticate, readLife, log },
        { rateLimit: options.rateLimit, hosts },
      );
      const url = await listen(app, options);
      const sampling = board.watch();
      shell.print(`The console is on ${url}`);
      await stopped(shell.signal);
      await sampling.close();
      await app.close();
    });
};
