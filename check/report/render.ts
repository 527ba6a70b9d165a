import { renderGithub } from '#check/report/github.ts';
import { renderGitlab } from '#check/report/gitlab.ts';
import { renderJson } from '#check/report/json.ts';
import { renderJunit } from '#check/report/junit.ts';
import { renderMarkdown } from '#check/report/markdown.ts';
import type { Reporter } from '#check/report/reporter.ts';
import { renderSarif } from '#check/report/sarif.ts';
import { renderText } from '#check/report/text.ts';

export const FORMATS = ['text', 'json', 'github', 'gitlab', 'sarif', 'junit', 'markdown'] as const;

export type Format = (typeof FORMATS)[number];

export const REPORTERS: Readonly<Record<Format, Reporter>> = {
  text: renderText,
  json: renderJson,
  github: renderGithub,
  gitlab: renderGitlab,
  sarif: renderSarif,
  junit: renderJunit,
  markdown: renderMarkdown,
};
