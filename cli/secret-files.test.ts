import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { withSecretFiles } from '#cli/secret-files.ts';

function folderWith(file: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'zoner-secrets-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, file), text);
  return folder;
}

test('a secret may stand in a file, whose last line end does not belong to it', () => {
  const folder = folderWith('password', ' s3cret \n');
  const env = { KAFKA_SASL_PASSWORD_FILE: 'password', OTHER: 'stays' };
  expect(withSecretFiles(env, folder)).toMatchObject({ KAFKA_SASL_PASSWORD: ' s3cret ', OTHER: 'stays' });
});

test('a secret that is given twice, or whose file is missing, is refused without its value', () => {
  const folder = folderWith('password', 's3cret');
  const twice = { SNOWFLAKE_PASSWORD: 'hunter2', SNOWFLAKE_PASSWORD_FILE: 'password' };
  expect(() => withSecretFiles(twice, folder)).toThrow(
    /^set either SNOWFLAKE_PASSWORD or SNOWFLAKE_PASSWORD_FILE, not both$/,
  );
  expect(() => withSecretFiles({ REDIS_PASSWORD_FILE: 'nowhere' }, folder)).toThrow(
    /REDIS_PASSWORD_FILE: ENOENT/,
  );
});
