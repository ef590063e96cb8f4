// Synthesizes the stacks and keeps the assembly: its templates, and the bundles that would be deployed.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import cdkJson from '../../cdk.json' with { type: 'json' };
import { registry } from '../../functions/jobs/registry.ts';
import { addStacks } from '../../infra/stacks.ts';
import type { Stage } from '../../infra/stage.ts';

export type Resources = Record<string, { Type: string; Properties?: Record<string, unknown> }>;

interface StackTemplate {
  resources: Resources;
  outputs: Record<string, { Value: unknown; Export?: { Name: string } }>;
}

export interface Synthesized {
  /** In the order in which they are deployed. */
  stacks: StackTemplate[];
  /** The folder of an asset, by the S3 key or the image that templates name it with. */
  assetFolder(name: string): string;
  /** Removes the assembly. */
  remove(): void;
}

interface AssetManifest {
  files: Record<string, { source: { path: string } }>;
  dockerImages?: Record<string, { source: { directory: string } }>;
}

export const synthesize = (stage: Stage): Synthesized => {
  const outdir = mkdtempSync(join(tmpdir(), 'stevedore-cloud-'));
  const app = new App({ outdir, context: cdkJson.context, analyticsReporting: false });
  addStacks(app, stage, registry);
  const { stacks } = app.synth();
  const assets = new Map<string, string>();
  for (const stack of stacks) {
    const manifest = JSON.parse(readFileSync(join(outdir, `${stack.id}.assets.json`), 'utf8')) as AssetManifest;
    for (const [hash, { source }] of Object.entries(manifest.files)) assets.set(hash, join(outdir, source.path));
    for (const [hash, { source }] of Object.entries(manifest.dockerImages ?? {}))
      assets.set(hash, join(outdir, source.directory));
  }
  return {
    stacks: stacks.map(({ template }) => ({ resources: template.Resources, outputs: template.Outputs ?? {} })),
    assetFolder: (name) => {
      const folder = assets.get(name.replace(/\.zip$/, '').replace(/^.*:/, ''));
      if (folder === undefined) throw new Error(`no asset ${name}`);
      return folder;
    },
    remove: () => rmSync(outdir, { recursive: true, force: true }),
  };
};
