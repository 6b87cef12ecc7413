import { z } from 'zod';
import { refusalCodes } from '../base/refusal.ts';
import type { AnyAction } from '../trust/action.ts';

interface ObjectSchema {
  properties?: Record<string, object>;
  required?: string[];
}

/** JSON Schema (2020-12) of what a verb takes; `$schema` is left out, as OpenAPI 3.1 states the dialect once. */
export function inputSchema(verb: AnyAction): ObjectSchema {
  return schemaOf(verb.input) as ObjectSchema;
}

function schemaOf(type: z.ZodType): object {
  const { $schema, ...schema } = z.toJSONSchema(type, { io: 'input', unrepresentable: 'any' });
  return schema;
}

export function routeOf(verb: AnyAction): { method: 'GET' | 'POST'; path: string; parameters: string[] } {
  const [method, path] = verb.at.split(' ') as ['GET' | 'POST', string];
  return { method, path, parameters: [...path.matchAll(/:(\w+)/g)].map((m) => m[1]!) };
}

/** OpenAPI 3.1, derived from the verbs. Internal verbs have no route and are not in it. */
export function openApi(actions: readonly AnyAction[], version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const verb of actions.filter((a) => !a.internal)) {
    const { method, path } = routeOf(verb);
    const at = path.replace(/:(\w+)/g, '{$1}');
    paths[at] = { ...paths[at], [method.toLowerCase()]: operation(verb) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Breakwater', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: problem },
    },
  };
}

const problem = {
  type: 'object',
  description: 'RFC 9457 problem details of a refusal.',
  required: ['type', 'title', 'status', 'code'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { enum: refusalCodes },
    at: { type: 'string', description: 'JSON pointer or field name in what was sent.' },
  },
};

function operation(verb: AnyAction): object {
  const { method, parameters } = routeOf(verb);
  const { properties = {}, required = [], ...rest } = inputSchema(verb);
  const inPath = parameters.map((name) => ({ name, in: 'path', required: true, schema: properties[name] ?? { type: 'string' } }));
  const others = Object.entries(properties).filter(([name]) => !parameters.includes(name));
  const inQuery = others.map(([name, schema]) => ({ name, in: 'query', required: required.includes(name), schema }));
  const body = { ...rest, properties: Object.fromEntries(others), required: required.filter((name) => !parameters.includes(name)) };
  return {
    operationId: verb.name,
    summary: verb.summary,
    tags: [verb.name.slice(0, verb.name.indexOf('.'))],
    security: verb.by === 'anyone' ? [{}, { token: [] }] : [{ token: [] }],
    parameters: method === 'GET' ? [...inPath, ...inQuery] : inPath,
    ...(method === 'POST' ? { requestBody: { required: true, content: { 'application/json': { schema: body } } } } : {}),
    responses: {
      200: { description: 'Done.', content: { 'application/json': { schema: schemaOf(verb.output) } } },
      default: { description: 'Refused.', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } },
    },
  };
}
