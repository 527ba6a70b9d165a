/**
 * The human circadian pacemaker of Forger, Jewett and Kronauer (J Biol Rhythms 1999; 14(6): 532-537, "A simpler model of
 * the human circadian pacemaker"), with the parameters of Serkh and Forger (PLoS Comput Biol 2014; 10(4): e1003523,
 * "Optimal schedules of light exposure for rapidly correcting circadian misalignment").
 *
 * State: x follows core body temperature, xc is its complement, n is the share of photoreceptors in use (0 to 1); all
 * without unit. Time t in hours, light I in lux at the eye.
 * ```
 * alpha = alpha0 (I / I0)^p                            photoreceptors taken into use, per minute
 * B     = G (1 - n) alpha (1 - 0.4 x) (1 - 0.4 xc)     drive of light, by the clock's own sensitivity
 * dx/dt = pi/12 (xc + B)
 * dxc/dt = pi/12 (mu (xc - 4/3 xc^3) - x ((24 / (0.99669 tau))^2 + k B))
 * dn/dt = 60 (alpha (1 - n) - beta n)                  60: minutes an hour
 * ```
 */

/** x, xc and n; see the head of this file. */
export interface Pacemaker {
  readonly x: number;
  readonly xc: number;
  readonly n: number;
}

const MU = 0.23;
const G = 33.75;
const ALPHA0 = 0.05;
const BETA = 0.0075;
const P = 0.5;
const I0 = 9500;
const K = 0.55;
/** Corrects tau for the shape of the oscillation, so that tau is the period in darkness. */
const TAU_CORRECTION = 0.99669;
const RATE = Math.PI / 12;

/** Hours of the period in darkness: the mean of sighted people (Czeisler et al., Science 1999; 284: 2177-2181). */
export const MEAN_PERIOD = 24.2;

/** At midnight, of a person who has long been in 150 lux from 08:00 to 24:00. */
export const MIDNIGHT: Pacemaker = { x: -0.0843259, xc: -1.09607546, n: 0.45584306 };

/** Core body temperature is lowest seven hours after melatonin rises in dim light (Serkh & Forger 2014). */
export const HOURS_FROM_DLMO_TO_CBT_MIN = 7;

/** Told at an hour at which x is lowest: core body temperature's minimum. */
export type OnMinimum = (hour: number, x: number) => void;

/** Constant light over equally long steps. Made once where a search takes the same light again and again. */
export interface Dose {
  readonly alpha: number;
  /** What n tends to. */
  readonly settled: number;
  /** What remains of the distance of n from `settled` after half a step. */
  readonly half: number;
  /** Of one step. */
  readonly hours: number;
  readonly count: number;
}

/** @param step the longest step, in hours */
export function doseOf(lux: number, hours: number, step: number): Dose {
  const alpha = ALPHA0 * (Math.max(0, lux) / I0) ** P;
  const count = Math.ceil(hours / step - 1e-9);
  const half = Math.exp(-60 * (alpha + BETA) * (hours / count / 2));
  return { alpha, settled: alpha / (alpha + BETA), half, hours: hours / count, count };
}

/** A state that is advanced in place, because searches take many millions of steps. */
export class PacemakerState {
  x: number;
  xc: number;
  n: number;
  readonly #stiffness: number;
  /** Whether x fell at the end of the last step that looked for minima. */
  #falling = false;

  /** @param period hours of this person's period in darkness */
  constructor({ x, xc, n }: Pacemaker = MIDNIGHT, period: number = MEAN_PERIOD) {
    this.x = x;
    this.xc = xc;
    this.n = n;
    this.#stiffness = (24 / (TAU_CORRECTION * period)) ** 2;
  }

  /** Lives through `hours` of constant light; see `doseOf`. */
  advance(lux: number, hours: number, step: number, from = 0, onMinimum: OnMinimum | null = null): void {
    if (hours > 0) this.take(doseOf(lux, hours, step), from, onMinimum);
  }

  /**
   * Lives through a dose. Photoreceptors have an exact solution under constant light; x and xc take steps of the
   * fourth-order Runge-Kutta method.
   * @param from the hour at which this begins, for `onMinimum`
   */
  take(dose: Dose, from = 0, onMinimum: OnMinimum | null = null): void {
    const { alpha, hours: h, count } = dose;
    if (onMinimum === null) {
      for (let index = 0; index < count; index += 1) this.#step(dose);
      return;
    }
    for (let index = 0; index < count; index += 1) {
      const { x } = this;
      const slope = this.#slope(alpha);
      // Light that comes on makes the slope jump: then the minimum is at the edge.
      if (this.#falling && slope >= 0) onMinimum(from + index * h, x);
      this.#step(dose);
      const after = this.#slope(alpha);
      this.#falling = after < 0;
      // The slope is nearly straight over a step, so its zero is where a line crosses.
      if (slope < 0 && after >= 0) {
        onMinimum(from + (index + slope / (slope - after)) * h, Math.min(x, this.x));
      }
    }
  }

  /** dx/dt in a light of this alpha. */
  #slope(alpha: number): number {
    return RATE * (this.xc + G * (1 - this.n) * alpha * (1 - 0.4 * this.x) * (1 - 0.4 * this.xc));
  }

  #step({ alpha, settled, half, hours: h }: Dose): void {
    const { x, xc } = this;
    const stiffness = this.#stiffness;
    const middle = settled + (this.n - settled) * half;
    const end = settled + (middle - settled) * half;
    const g0 = G * (1 - this.n) * alpha;
    const g1 = G * (1 - middle) * alpha;
    const g2 = G * (1 - end) * alpha;
    const scale = RATE * h;

    let drive = g0 * (1 - 0.4 * x) * (1 - 0.4 * xc);
    const ax = scale * (xc + drive);
    const ac = scale * (MU * (xc - (4 / 3) * xc * xc * xc) - x * (stiffness + K * drive));
    let px = x + ax / 2;
    let pc = xc + ac / 2;
    drive = g1 * (1 - 0.4 * px) * (1 - 0.4 * pc);
    const bx = scale * (pc + drive);
    const bc = scale * (MU * (pc - (4 / 3) * pc * pc * pc) - px * (stiffness + K * drive));
    px = x + bx / 2;
    pc = xc + bc / 2;
    drive = g1 * (1 - 0.4 * px) * (1 - 0.4 * pc);
    const cx = scale * (pc + drive);
    const cc = scale * (MU * (pc - (4 / 3) * pc * pc * pc) - px * (stiffness + K * drive));
    px = x + cx;
    pc = xc + cc;
    drive = g2 * (1 - 0.4 * px) * (1 - 0.4 * pc);
    const dx = scale * (pc + drive);
    const dc = scale * (MU * (pc - (4 / 3) * pc * pc * pc) - px * (stiffness + K * drive));

    this.x = x + (ax + 2 * bx + 2 * cx + dx) / 6;
    this.xc = xc + (ac + 2 * bc + 2 * cc + dc) / 6;
    this.n = end;
  }
}
