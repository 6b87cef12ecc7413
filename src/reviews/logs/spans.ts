import { sha256 } from '../../base/canonical.ts';
import { epochMs } from '../../base/instant.ts';
import type { LogSample } from './log.ts';

type Json = Readonly<Record<string, unknown>>;

const [internal, client] = [1, 3];
const conventions = 'https://opentelemetry.io/schemas/1.41.0';

/** Required of each: whose endpoint it was the conventions have no name for, and a log does not say. */
const provider = { 'gen_ai.provider.name': 'unknown' };

/**
 * A sample as spans of OpenTelemetry (OTLP in JSON, one line a run): the run as `invoke_agent`, in it a `chat` for each reply and an `execute_tool`
 * for each call. The gen_ai conventions are those of 1.41, the last before they moved to a repository of their own, without a version as yet. When
 * within the run they were is not recorded, so each has the run's own times and its place.
 */
export function spansOf(sample: LogSample, model: string, product: string): Json {
  const { metadata, started_at: from, completed_at: to } = sample;
  const nanos = (at: typeof from) => (at ? `${epochMs(at)}000000` : '0');
  const traceId = sha256(`trace ${metadata.run}`).slice(0, 32);
  const times = { startTimeUnixNano: nanos(from), endTimeUnixNano: nanos(to ?? from) };
  const spanId = (place: number) => sha256(`span ${metadata.run} ${place}`).slice(0, 16);
  const usage = Object.values(sample.model_usage)[0] as { input_tokens: number; output_tokens: number } | undefined;
  const root = {
    ...{ traceId, spanId: spanId(0), name: 'invoke_agent breakwater', kind: internal, ...times },
    attributes: attributes({
      'gen_ai.operation.name': 'invoke_agent',
      ...provider,
      'gen_ai.agent.name': 'breakwater',
      'gen_ai.agent.version': product,
      'gen_ai.conversation.id': metadata.run,
      'gen_ai.request.model': model,
      'gen_ai.request.seed': metadata.seed,
      'error.type': metadata.outcome === 'infra-error' ? 'infra-error' : undefined,
      'gen_ai.usage.input_tokens': usage?.input_tokens,
      'gen_ai.usage.output_tokens': usage?.output_tokens,
      ...Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`breakwater.${name}`, value ?? undefined])),
    }),
    events: [{ name: 'gen_ai.evaluation.result', timeUnixNano: times.endTimeUnixNano, attributes: attributes(judged(sample)) }],
    status: metadata.outcome === 'infra-error' ? { code: 2, message: 'infra-error' } : {},
  };
  const calls = new Map(sample.messages.flatMap(callsOf).map((call) => [call.id, call]));
  const last = sample.messages.findLastIndex(({ role }) => role === 'assistant');
  const ended = (sample.output.choices as Json[] | undefined)?.[0]?.stop_reason;
  const children = sample.messages.flatMap((message, i) => {
    const told = stepOf(message, model, calls, i === last ? reasons[String(ended)] : undefined);
    const place = { 'gen_ai.conversation.id': metadata.run, 'breakwater.place': i + 1 };
    return told
      ? [
          {
            traceId,
            spanId: spanId(i + 1),
            parentSpanId: spanId(0),
            ...told,
            ...times,
            attributes: attributes({ ...told.attributes, ...place }),
          },
        ]
      : [];
  });
  const scope = { name: 'breakwater', version: product };
  const resource = { attributes: attributes({ 'service.name': 'breakwater', 'service.version': product }) };
  return {
    resourceSpans: [{ resource, schemaUrl: conventions, scopeSpans: [{ scope, schemaUrl: conventions, spans: [root, ...children] }] }],
  };
}

function judged({ metadata, scores }: LogSample): Json {
  const value = Object.values(scores ?? {})[0] as { value: string } | undefined;
  return {
    'gen_ai.evaluation.name': 'outcome',
    'gen_ai.evaluation.score.label': metadata.outcome,
    ...(value ? { 'gen_ai.evaluation.score.value': value.value === 'C' ? 1 : 0 } : {}),
  };
}

/** Inspect's words for why a reply ended, in those of the conventions. */
const reasons: Readonly<Record<string, string>> = { max_tokens: 'length', content_filter: 'content_filter', unknown: 'error' };

function stepOf(
  message: Json,
  model: string,
  calls: ReadonlyMap<unknown, Json>,
  ended: string | undefined,
): { name: string; kind: number; attributes: Json } | undefined {
  if (message.role === 'assistant') {
    const parts = [
      { type: 'text', content: message.content },
      ...callsOf(message).map((call) => ({ type: 'tool_call', id: call.id, name: call.function, arguments: call.arguments })),
    ];
    const finish = ended ?? (callsOf(message).length > 0 ? 'tool_call' : 'stop');
    const said = JSON.stringify([{ role: 'assistant', parts, finish_reason: finish }]);
    return {
      name: `chat ${model}`,
      kind: client,
      attributes: {
        ...{ 'gen_ai.operation.name': 'chat', ...provider, 'gen_ai.request.model': model },
        ...{ 'gen_ai.response.finish_reasons': [finish], 'gen_ai.output.messages': said },
      },
    };
  }
  if (message.role !== 'tool') return undefined;
  const given = calls.get(message.tool_call_id)?.arguments;
  const about = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': message.function, 'gen_ai.tool.type': 'function' };
  return {
    name: `execute_tool ${message.function}`,
    kind: internal,
    attributes: {
      ...{ ...about, 'gen_ai.tool.call.id': message.tool_call_id },
      ...{ 'gen_ai.tool.call.arguments': given, 'gen_ai.tool.call.result': message.content },
    },
  };
}

function callsOf(message: Json): Json[] {
  return (message.tool_calls as Json[] | undefined) ?? [];
}

/** In OTLP a 64-bit whole number is a text. */
function attributes(given: Json): Json[] {
  const said = Object.entries(given).filter(([, value]) => value !== undefined && value !== null);
  return said.map(([key, value]) => ({ key, value: valueFor(value) }));
}

function valueFor(value: unknown): Json {
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(valueFor) } };
  return { stringValue: typeof value === 'string' ? value : JSON.stringify(value) };
}
