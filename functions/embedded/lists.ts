// Lists by client and name in SQLite.
import type { DatabaseSync } from 'node:sqlite';
import type { ClientId } from '../jobs/job.ts';
import { newId } from '../jobs/job.ts';
import type { List, ListDetails, Lists } from '../jobs/ports.ts';
import { transaction } from './sqlite.ts';

export const embeddedLists = (db: DatabaseSync): Lists => {
  const select = db.prepare('SELECT * FROM lists WHERE client = ? AND name = ?');
  const selectAll = db.prepare('SELECT * FROM lists WHERE client = ? ORDER BY name');
  const insert = db.prepare("INSERT INTO lists VALUES (?, ?, ?, ?, '[]', 0, '{}') ON CONFLICT DO NOTHING");
  const update = db.prepare('UPDATE lists SET vars = ?, size_hint = ? WHERE client = ? AND name = ?');

  const describe = db.prepare('UPDATE lists SET more = ? WHERE client = ? AND name = ?');
  const remove = db.prepare('DELETE FROM lists WHERE client = ? AND name = ? AND id = ?');

  const find = (client: ClientId, name: string): List | undefined => {
    const row = select.get(client, name);
    return row && listOf(row);
  };

  const ensure = (client: ClientId, name: string, now: number): List => {
    const there = find(client, name);
    if (there) return there;
    insert.run(client, name, newId(now), now);
    const made = find(client, name);
    if (!made) throw new Error('a list that was made is not there');
    return made;
  };

  return {
    async find(client, name) {
      return find(client, name);
    },

    async ensure(client, name, now) {
      return ensure(client, name, now);
    },

    async describe(client, name, details, now) {
      return transaction(db, () => {
        const list = ensure(client, name, now);
        const after = { ...list.details, ...details };
        describe.run(JSON.stringify(after), client, name);
        return { ...list, details: after };
      });
    },

    async erase(client, lists) {
      return transaction(db, () =>
        lists.reduce((erased, { name, id }) => erased + Number(remove.run(client, name, id).changes), 0),
      );
    },

    async all(client) {
      return selectAll.all(client).map(listOf);
    },

    async learn(client, name, news) {
      // Every chunk tells what it saw; only the first has something new to write.
      const before = find(client, name);
      if (!before || !learned(before, news)) return;
      transaction(db, () => {
        const list = find(client, name);
        const after = list && learned(list, news);
        if (after) update.run(JSON.stringify(after.vars), after.sizeHint, client, name);
      });
    },
  };
};

/** The list with the news; undefined when they are none. */
const learned = (list: List, news: { vars?: readonly string[]; exact?: boolean; size?: number }): List | undefined => {
  const vars = [...new Set([...(news.exact ? [] : list.vars), ...(news.vars ?? [])])];
  const least = news.exact ? 0 : list.sizeHint;
  const sizeHint = news.size === undefined ? list.sizeHint : Math.max(least, news.size);
  const changed = vars.length !== list.vars.length || !vars.every((name) => list.vars.includes(name));
  return changed || sizeHint !== list.sizeHint ? { ...list, vars, sizeHint } : undefined;
};

const listOf = (row: Record<string, unknown>): List => ({
  id: String(row.id),
  name: String(row.name),
  createdAt: Number(row.created_at),
  vars: JSON.parse(String(row.vars)) as string[],
  sizeHint: Number(row.size_hint),
  details: JSON.parse(String(row.more)) as ListDetails,
});
