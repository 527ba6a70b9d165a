import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal, refusalOf } from './refusal.mjs';

/** What runs, and the signal that ends it. */
const running = new Map();

/** How long a tool may take to tidy up before it is killed. */
const GRACE_MS = 3000;

/** Ends the tools that run, and what they started, so that an interrupted install leaves no process behind. */
export async function stopTools() {
  const ended = Promise.all([...running.keys()].map((child) => once(child, 'close')));
  for (const [child, signal] of running) send(child, signal);
  await Promise.race([ended, sleep(GRACE_MS)]);
  for (const child of running.keys()) send(child, 'SIGKILL');
  await Promise.race([ended, sleep(GRACE_MS)]);
}

function send({ pid }, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // It ended by itself in between.
  }
}

/**
 * Runs a tool to its end, quietly, in a process group of its own.
 * @param {string} what for a person: "npm ci"
 * @param {{ hold?: (pid: number) => void, missing?: string, cwd?: string, stop?: string }} options `hold` is told the
 *   tool's id; `stop` is the signal that ends it, if it does not tidy up in good time after a Ctrl-C
 * @returns {Promise<string>} what it printed
 * @throws Refusal with the tool's last words, or with `missing` if there is no such tool
 */
export function runTool(what, command, args, { hold, missing, cwd, stop = 'SIGINT' } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    if (child.pid !== undefined) {
      running.set(child, stop);
      hold?.(child.pid);
    }
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => {
      reject(error.code === 'ENOENT' ? new Refusal(missing ?? `${command} is not installed.`) : error);
    });
    child.on('close', (code, signal) => {
      running.delete(child);
      if (code === 0) resolve(output);
      else reject(refusalOf(what, output || `ended by ${signal ?? `exit code ${code}`}`));
    });
  });
}
