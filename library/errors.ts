/** `zoner/errors`: what every function of the package throws. */
export { type ErrorCode, type ErrorContext, ExitCode, isZonerError, ZonerError } from '#core/errors.ts';
