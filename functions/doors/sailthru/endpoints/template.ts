// /template: templates of sends and campaigns, and their revisions.
import { unknownTemplate } from '../../../jobs/campaigns/save-blast.ts';
import {
  findRevision,
  findTemplate,
  listTemplates,
  removeTemplate,
  saveTemplate,
  type Template,
  type TemplateFields,
  templateContent,
} from '../../../jobs/campaigns/template.ts';
import type { Client } from '../../../jobs/ports.ts';
import { rfc2822 } from '../dates.ts';
import { ApiError } from '../errors.ts';
import type { Answer, Endpoint, EndpointCall } from './endpoint.ts';
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

const fieldsOf = ({ subject, fromName, fromEmail, labels, tags, basic, disabled }: Template): TemplateFields => ({
  ...(subject !== undefined && { subject }),
  ...(fromName !== undefined && { fromName }),
  ...(fromEmail !== undefined && { fromEmail }),
  labels,
  tags,
  basic,
  disabled,
});

/** The revision of that number: of this template, or of any. */
const revisionOf = async ({ ports, client }: EndpointCall, revision: number, of?: Template): Promise<Template> => {
  const found = await findRevision(ports, client.id, revision);
  if (found && (!of || found.id === of.id)) return found;
  throw new ApiError(404, 99, `Unknown revision: ${revision}`);
};

export const template: Endpoint = {
  async GET(call) {
    const { ports, client } = call;
    const read = reading(call);
    const [name, revision] = [read.name('template'), read.whole('revision')];
    if (name === undefined && revision === undefined) {
      const templates = await listTemplates(ports, client.id);
      return { templates: templates.map((each) => answerOf(each, client)) };
    }
    const current = name === undefined ? undefined : await findTemplate(ports, client.id, name);
    if (name !== undefined && !current) throw unknownTemplate(name);
    const found = revision === undefined ? current : await revisionOf(call, revision, current);
    if (!found) throw unknownTemplate(name ?? '');
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
    // As an earlier revision was, where the call says nothing else; else as the template is.
    const revision = read.whole('revision');
    const source = revision === undefined ? undefined : await revisionOf(call, revision);
    const base = source ?? (await findTemplate(ports, client.id, name));
    const content =
      source || Object.keys(given).length > 0
        ? { ...(base && (await templateContent(ports, client.id, base))), ...given }
        : undefined;
    const saved = await saveTemplate(ports, client.id, name, { ...(source && fieldsOf(source)), ...fields }, content);
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
