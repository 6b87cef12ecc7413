import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { isRefusal } from '../base/refusal.ts';
import { actionNamed, actions } from './actions.ts';
import { inputSchema } from './openapi.ts';
import { remoteHub } from './remote.ts';
import { version } from './version.ts';

const toolName = (verb: string) => verb.replace('.', '_');
const verbName = (tool: string) => tool.replace('_', '.');

/** The verbs as MCP tools, spoken over standard input and output to a hub reached over HTTP with the caller's own token. */
export async function serveMcp(url: string, token: string | undefined): Promise<void> {
  const hub = remoteHub(url, token);
  const server = new Server({ name: 'breakwater', version }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, async () => ({
    tools: actions
      // A tool that shows a secret would put it into a model's context.
      .filter((verb) => !verb.internal && !verb.secret)
      .map((verb) => ({
        name: toolName(verb.name),
        description: verb.summary,
        inputSchema: { ...inputSchema(verb), type: 'object' as const },
      })),
  }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
    const verb = actionNamed(verbName(params.name));
    if (!verb || verb.internal || verb.secret) return { isError: true, content: [{ type: 'text', text: `no tool ${params.name}` }] };
    const outcome = await hub.call(verb, params.arguments ?? {});
    return { isError: isRefusal(outcome), content: [{ type: 'text', text: JSON.stringify(outcome) }] };
  });
  await server.connect(new StdioServerTransport());
}
