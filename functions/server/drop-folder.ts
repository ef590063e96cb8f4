// Files that people copy into uploads/imports/<client>/<list>/ become imports, as objects put into the bucket do on AWS.
import { type FSWatcher, mkdirSync, watch } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** A copy in progress grows: a file counts as whole when its size and time have not changed for so long. */
const settleMs = 1_000;

export class DropFolder {
  readonly #folder: string;
  readonly #found: (path: string, version: string) => Promise<void>;
  readonly #failed: () => void;
  readonly #settling = new Map<string, NodeJS.Timeout>();
  #watcher: FSWatcher | undefined;

  /**
   * `found` is called with the path below `folder`, with forward slashes, and a version that differs whenever the file does;
   * `failed` when that, or watching, went wrong: the next start finds the file again.
   */
  constructor(folder: string, found: (path: string, version: string) => Promise<void>, failed: () => void) {
    this.#folder = folder;
    this.#found = found;
    this.#failed = failed;
  }

  /** Begins to watch; files that came while nobody watched are found first. */
  async start(): Promise<void> {
    mkdirSync(this.#folder, { recursive: true });
    this.#watcher = watch(this.#folder, { recursive: true }, (_event, name) => {
      if (name) this.#settle(name);
    });
    this.#watcher.on('error', this.#failed);
    for (const entry of await readdir(this.#folder, { recursive: true, withFileTypes: true }))
      if (entry.isFile()) this.#settle(join(entry.parentPath, entry.name).slice(this.#folder.length + 1));
  }

  stop(): void {
    this.#watcher?.close();
    for (const timer of this.#settling.values()) clearTimeout(timer);
    this.#settling.clear();
  }

  #settle(path: string, before?: string): void {
    clearTimeout(this.#settling.get(path));
    const timer = setTimeout(() => {
      this.#look(path, before).catch(this.#failed);
    }, settleMs);
    this.#settling.set(path, timer);
  }

  async #look(path: string, before: string | undefined): Promise<void> {
    this.#settling.delete(path);
    const info = await stat(join(this.#folder, path), { bigint: true }).catch(() => undefined);
    // Names that begin with a dot are how rsync and editors hide files that are not whole yet.
    if (!info?.isFile() || path.split(sep).some((part) => part.startsWith('.'))) return;
    const version = `${info.size}-${info.mtimeNs}`;
    if (version !== before) return this.#settle(path, version);
    await this.#found(path.split(sep).join('/'), version);
  }
}
