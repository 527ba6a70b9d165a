import { spawn } from 'node:child_process';
import { Refusal, refusalOf } from './refusal.mjs';

const running = new Set();

/** Ends the tools that run, so that an interrupted install leaves no process behind. */
export function stopTools() {
  for (const child of running) child.kill('SIGTERM');
}

/**
 * Runs a tool to its end, quietly.
 * @param {string} what for a person: "npm ci"
 * @throws Refusal with the tool's last words, or with `missing` if there is no such tool
 */
export function runTool(what, command, args, { missing, cwd, env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => {
      running.delete(child);
      reject(error.code === 'ENOENT' ? new Refusal(missing ?? `${command} is not installed.`) : error);
    });
    child.on('close', (code, signal) => {
      running.delete(child);
      if (code === 0) resolve(output);
      else reject(refusalOf(what, output || `ended by ${signal ?? `exit code ${code}`}`));
    });
  });
}
