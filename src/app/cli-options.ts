import { type Command, InvalidArgumentError, Option } from 'commander';

/** What a JSON Schema tells of one value. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly contentEncoding?: string;
}

const mostShown = 20;
const mostShownChars = 320;

/**
 * The options of the program stand before and behind every command. Where a command has one of the same name, it is the command's own:
 * `webhooks add --url` is the address to tell, and whoever is told must not get the token instead of the hub.
 */
export function globalOptionsAnywhere(program: Command): void {
  const added = new Map<Command, string[]>();
  const addTo = (command: Command) => {
    const missing = program.options.filter(({ long }) => !command.options.some((own) => own.long === long));
    for (const { flags } of missing) command.addOption(new Option(flags).hideHelp());
    added.set(
      command,
      missing.map((option) => option.attributeName()),
    );
    command.commands.forEach(addTo);
  };
  program.commands.forEach(addTo);
  program.hook('preAction', (_, called) => {
    for (let of: Command | null = called; of; of = of.parent)
      for (const name of added.get(of) ?? []) {
        const value: unknown = of.getOptionValue(name);
        if (value === undefined) continue;
        program.setOptionValue(name, value);
        of.setOptionValue(name, undefined);
      }
  });
}

/** What stands for a value in the usage: `<string>`, `[true|false]`. */
export function placeholderOf(schema: Schema): string {
  const type = typeOf(schema);
  // A flag may stand alone.
  return type === 'boolean' ? '[true|false]' : `<${type ?? 'json'}>`;
}

/** What may be given, in a few words: the choices where they are few, the shape of what goes in as JSON. */
export function noteOf(schema: Schema): string {
  const { type, nullable } = bare(schema);
  const choices = choicesOf(schema);
  if (choices.length > 0) return `one of ${choices.map(String).join(', ')}`;
  const ofItems = type === 'array' ? choicesOf(bare(schema).items ?? {}) : [];
  if (ofItems.length > 0) return `some of ${ofItems.map(String).join(', ')}, with commas between${nullable ? '; or null' : ''}`;
  const takesJson = type === 'object' || (type === 'array' && !isText(bare(schema).items ?? {}));
  if (takesJson) return `JSON: ${cut(shapeOf(schema))}`;
  if (type === 'array') return `JSON, or one value${nullable ? ', or null' : ''}`;
  return nullable ? `${type ?? 'JSON'}, or null` : '';
}

/** What was written for an option, as its verb takes it. Throws InvalidArgumentError for what no verb would take. */
export function parsedAs(text: string, schema: Schema): unknown {
  const { type, nullable, items } = bare(schema);
  if (nullable && text === 'null') return null;
  if (type === 'string') return text;
  if (type === 'number' || type === 'integer') {
    if (text.trim() === '' || !Number.isFinite(Number(text))) throw new InvalidArgumentError('must be a number.');
    return Number(text);
  }
  if (type === 'boolean') {
    if (text !== 'true' && text !== 'false') throw new InvalidArgumentError('true or false, or nothing for true.');
    return text === 'true';
  }
  if (type === 'array' && !text.startsWith('[')) return choicesOf(items ?? {}).length > 0 ? text.split(',').filter(Boolean) : [text];
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Of a choice between texts, that it is a text. */
function typeOf(schema: Schema): string | undefined {
  const { type, anyOf = [] } = schema;
  return type ?? (anyOf.length > 0 && anyOf.every((of) => of.type === 'string') ? 'string' : undefined);
}

/** Without the `null` it may be instead. */
function bare(schema: Schema): Schema & { readonly nullable: boolean } {
  const some = schema.anyOf?.filter((of) => of.type !== 'null');
  const nullable = some !== undefined && some.length < schema.anyOf!.length;
  const of = nullable && some.length === 1 ? some[0]! : schema;
  const type = typeOf(of);
  return { ...of, ...(type === undefined ? {} : { type }), nullable };
}

/** What it may be, where that is a short list. */
function choicesOf({ anyOf = [], enum: own }: Schema): readonly unknown[] {
  const all = own ?? anyOf.flatMap((of) => (of.type === 'null' ? [null] : (of.enum ?? [of.const])));
  return all.length <= mostShown && all.every((of) => of !== undefined) ? all : [];
}

const isText = (schema: Schema) => typeOf(schema) === 'string' && choicesOf(schema).length === 0;

/** The shape of a value, as one would write it: `{"from":text,"to":text}|null`; `?` behind what may be left out. */
function shapeOf(schema: Schema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((of) => JSON.stringify(of)).join('|');
  if (schema.anyOf) return schema.anyOf.map(shapeOf).join('|');
  if (schema.type === 'array') return `[${shapeOf(schema.items ?? {})}, …]`;
  if (schema.type === 'boolean') return 'true|false';
  if (schema.type === 'string') return schema.contentEncoding ?? 'text';
  if (schema.type === 'null') return 'null';
  if (schema.type !== 'object') return schema.type ?? 'any';
  const fields = Object.entries(schema.properties ?? {});
  return `{${fields.map(([name, of]) => `"${name}"${schema.required?.includes(name) ? '' : '?'}: ${shapeOf(of)}`).join(', ')}}`;
}

const cut = (text: string) => (text.length > mostShownChars ? `${text.slice(0, mostShownChars)}…` : text);
