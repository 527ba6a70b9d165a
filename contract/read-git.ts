import { execFile, spawn } from 'node:child_process';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { type ContractFolder, groupFolders } from '#contract/read-folder.ts';
import { messageOf, ZonerError } from '#core/errors.ts';

const run = promisify(execFile);
/** Schemas are small; this is a bound against a folder that holds something else. */
const MAX_BYTES = 256 * 1024 * 1024;

export interface GitFolders {
  /** The commit that was read, abbreviated. */
  readonly commit: string;
  readonly folders: readonly ContractFolder[];
}

/**
 * The contract folders as they were where the current branch left another: at the merge base of HEAD and `revision`, or
 * at `revision` itself if it has no commit in common with HEAD. Reads the repository's objects only.
 * @param directory the schemas folder
 * @throws ZonerError GIT_UNAVAILABLE where git, the repository or the revision is missing
 */
export async function readGitFolders(directory: string, revision: string): Promise<GitFolders> {
  const git = async (...args: readonly string[]): Promise<string> => {
    try {
      const { stdout } = await run('git', ['-C', directory, ...args], { maxBuffer: MAX_BYTES });
      return stdout;
    } catch (error) {
      throw gitError(error, revision);
    }
  };
  const commit = (
    await git('rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`)
  ).trim();
  const base = (await git('merge-base', 'HEAD', commit).catch(() => commit)).trim();
  const prefix = (await git('rev-parse', '--show-prefix')).trim();
  const listed = await git('ls-tree', '-r', '-z', '--name-only', '--full-tree', base, '--', prefix || '.');
  const paths = listed.split('\0').filter((path) => /\.(avsc|json)$/.test(path) && path.startsWith(prefix));
  const texts = await readBlobs(
    directory,
    paths.map((path) => `${base}:${path}`),
  );
  const files = paths.map((path, index) => ({ path: path.slice(prefix.length), text: texts[index] ?? '' }));
  return { commit: base.slice(0, 7), folders: groupFolders(files) };
}

/** The texts of these objects, in their order, from one process. */
async function readBlobs(directory: string, names: readonly string[]): Promise<readonly string[]> {
  if (names.length === 0) return [];
  const child = spawn('git', ['-C', directory, 'cat-file', '--batch'], { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.end(`${names.join('\n')}\n`);
  const output = await buffer(child.stdout);
  const texts: string[] = [];
  // Each object: a line that ends in its size, its bytes, a line end.
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(10, at);
    const size = Number(output.subarray(at, end).toString().split(' ').at(-1));
    if (!Number.isInteger(size)) throw new Error('git cat-file answers in a form of its own');
    texts.push(output.subarray(end + 1, end + 1 + size).toString('utf8'));
    at = end + size + 2;
  }
  return texts;
}

function gitError(cause: unknown, revision: string): ZonerError {
  const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : '';
  const reason = missing ? 'git is not installed' : said || `there is no revision ${revision} here`;
  return new ZonerError(
    'GIT_UNAVAILABLE',
    `cannot read ${revision} from git: ${reason || messageOf(cause)}`,
    {
      cause,
    },
  );
}
