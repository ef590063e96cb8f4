// /template: templates of sends and campaigns, and their revisions.
import { unknownTemplate } from '../../../jobs/campaigns/save-blast.ts';
import {
  findTemplate,
  listTemplates,
  removeTemplate,
  saveTemplate,
  type Template,
  templateContent,
  templateRevision,
} from '../../../jobs/campaigns/template.ts';
import type { Client } from '../../../jobs/ports.ts';
import { rfc2822 } from '../dates.ts';
import { ApiError } from '../errors.ts';
import type { Answer, Endpoint } from './endpoint.ts';
import { readContent, readEnvelope } from './mail-content.ts';
import { reading } from './reading.ts';

/** Kept as they come, and shown again. */
const keptNames = [
  'mode',
  'data_feed_url',
  'teams',
  'public_name',
  'replyto_email',
  'content_app',
  'content_sms',
  'setup',
  'test_vars',
  'is_link_tracking',
  'is_google_analytics',
  'verify_post_url',
  'success_url',
  'error_url',
  'link_params',
];

const answerOf = (template: Template, { settings }: Client): Answer => ({
  mode: 'email',
  data_feed_url: '',
  teams: [],
  ...template.more,
  template_id: template.id,
  name: template.name,
  labels: template.labels,
  tags: template.tags,
  subject: template.subject ?? '',
  modify_time: rfc2822(template.modifiedAt, settings.timeZone),
  is_basic: template.basic,
  is_disabled: template.disabled,
});

const wholeAnswer = (template: Template, content: { html?: string; text?: string }, client: Client): Answer => ({
  ...answerOf(template, client),
  from_name: template.fromName ?? '',
  from_email: template.fromEmail ?? '',
  content_html: content.html ?? '',
  content_text: content.text ?? '',
  revision: template.revision,
  create_time: rfc2822(template.createdAt, client.settings.timeZone),
});

export const template: Endpoint = {
  async GET(call) {
    const { ports, client } = call;
    const read = reading(call);
    const name = read.name('template');
    if (name === undefined) {
      const templates = await listTemplates(ports, client.id);
      return { templates: templates.map((each) => answerOf(each, client)) };
    }
    const current = await findTemplate(ports, client.id, name);
    if (!current) throw unknownTemplate(name);
    const revision = read.whole('revision') ?? current.revision;
    const found = await templateRevision(ports, client.id, current, revision);
    if (!found) throw new ApiError(404, 99, `Unknown revision: ${revision}`);
    return wholeAnswer(found, await templateContent(ports, client.id, found), client);
  },

  async POST(call) {
    const { ports, client } = call;
    const read = reading(call);
    const name = read.needed('template', read.name('template'));
    const [labels, tags] = [read.texts('labels'), read.texts('tags')];
    const [basic, disabled] = [read.flag('is_basic'), read.flag('is_disabled')];
    const fields = {
      ...readEnvelope(read),
      ...(labels && { labels }),
      ...(tags && { tags }),
      ...(basic !== undefined && { basic }),
      ...(disabled !== undefined && { disabled }),
      more: read.kept(keptNames),
    };
    const given = readContent(read);
    const before = await findTemplate(ports, client.id, name);
    const content =
      Object.keys(given).length === 0
        ? undefined
        : { ...(before && (await templateContent(ports, client.id, before))), ...given };
    const saved = await saveTemplate(ports, client.id, name, fields, content);
    return wholeAnswer(saved, await templateContent(ports, client.id, saved), client);
  },

  async DELETE(call) {
    const { ports, client } = call;
    const read = reading(call);
    const name = read.needed('template', read.name('template'));
    if (!(await removeTemplate(ports, client.id, name))) throw unknownTemplate(name);
    return { template: name, ok: true };
  },
};
