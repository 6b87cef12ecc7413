type Json = Readonly<Record<string, unknown>>;

const stops: Readonly<Record<string, string>> = {
  end: 'stop',
  tools: 'tool_calls',
  length: 'max_tokens',
  refusal: 'content_filter',
  filtered: 'content_filter',
};
const object = (given: unknown): Json => (typeof given === 'object' && given !== null ? (given as Json) : {});
const text = (given: unknown): string => (typeof given === 'string' ? given : '');

/**
 * A transcript as the messages of an Inspect sample. Whoever ran the run wrote it, and it is read all the same as if it said anything:
 * what is not understood is left out, and a transcript that cannot be read has no messages.
 */
export function conversationOf(transcript: Uint8Array | undefined, model: string): { messages: Json[]; output: Json } {
  const messages: Json[] = [];
  let output: Json = { model, choices: [] };
  let calls: string[] = [];
  for (const entry of entriesOf(transcript)) {
    if (entry.said === 'to-model' && Array.isArray(entry.messages)) {
      // What a tool answered is there already, by the tool.
      for (const message of entry.messages.map(object))
        if (message.role === 'system' || message.role === 'user') messages.push({ role: message.role, content: text(message.content) });
    } else if (entry.said === 'asked' && object(entry.relayed).added !== undefined) {
      // By a program in the box: of its request, as it stood, what was not in one before it.
      messages.push({ role: 'user', content: text(object(entry.relayed).added) });
    } else if (entry.said === 'by-model') {
      const given = object(entry.message);
      const made = Array.isArray(given.toolCalls) ? given.toolCalls.map(object) : [];
      const message = {
        role: 'assistant',
        source: 'generate',
        content: text(given.content),
        ...(made.length > 0 ? { tool_calls: made.map(callOf) } : {}),
      };
      // Such a program answers them itself, within its next request.
      calls = entry.relayed === undefined ? made.map((call) => text(call.id)) : [];
      messages.push(message);
      output = { model, choices: [{ message, stop_reason: stops[text(entry.stop)] ?? 'unknown' }] };
    } else if (entry.said === 'by-tool') {
      const id = calls.shift();
      messages.push({
        role: 'tool',
        function: text(entry.tool),
        content: text(entry.answer),
        ...(id === undefined ? {} : { tool_call_id: id }),
      });
    }
  }
  return { messages, output };
}

function callOf(call: Json): Json {
  const made = { id: text(call.id), function: text(call.name), type: 'function' };
  try {
    const given: unknown = JSON.parse(text(call.arguments));
    if (typeof given === 'object' && given !== null && !Array.isArray(given)) return { ...made, arguments: given };
    return { ...made, arguments: {}, parse_error: 'the arguments are no object' };
  } catch {
    return { ...made, arguments: {}, parse_error: 'the arguments are not JSON' };
  }
}

function entriesOf(transcript: Uint8Array | undefined): Json[] {
  if (!transcript) return [];
  try {
    const lines = Buffer.from(transcript).toString('utf8').toWellFormed().split('\n');
    return lines.filter((line) => line !== '').map((line) => object(JSON.parse(line)));
  } catch {
    return [];
  }
}
