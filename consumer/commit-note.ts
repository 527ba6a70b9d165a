/** What a consumer leaves beside a committed offset, for whoever reads the partition next. */
export interface CommitNote {
  /** How often the batch that begins here was begun and not finished. */
  readonly attempts?: number;
  /** The code whose flood stopped the topic here. */
  readonly flood?: string;
}

/** The text of a note, empty for none: the metadata of an offset commit. */
export function writeNote(note: CommitNote): string {
  return Object.keys(note).length === 0 ? '' : `zoner ${JSON.stringify(note)}`;
}

/** The note in an offset's metadata; what others have written there is none of ours. */
export function readNote(metadata: string | undefined): CommitNote {
  if (metadata === undefined || !metadata.startsWith('zoner {')) return {};
  try {
    const found: unknown = JSON.parse(metadata.slice('zoner '.length));
    if (typeof found !== 'object' || found === null) return {};
    return {
      ...('attempts' in found && Number.isSafeInteger(found.attempts)
        ? { attempts: Number(found.attempts) }
        : {}),
      ...('flood' in found && typeof found.flood === 'string' ? { flood: found.flood } : {}),
    };
  } catch {
    return {};
  }
}
