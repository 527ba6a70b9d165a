import { codecMode } from '#avro/codec.ts';
import type { Shell } from '#cli/shell.ts';

/** Says so where this process may not generate code, since records then cost many times as much. */
export function tellIfInterpreted(shell: Shell): void {
  if (codecMode() === 'interpreted')
    shell.tell(
      'code generation is forbidden in this process: records are encoded and decoded by the slower interpreter',
    );
}
