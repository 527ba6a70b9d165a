/** The thread in which advice is computed: see `advice-pool.ts`. */
import { type Asked, type Computed, computeAdvice } from '#recommendations/read-advice.ts';

export function compute({ asked, now }: { readonly asked: Asked; readonly now: number }): Computed {
  return computeAdvice(asked, now);
}
