import { Command } from 'commander';
import { expect, test } from 'vitest';
import { globalOptionsAnywhere, noteOf, parsedAs, placeholderOf } from './cli-options.ts';

const text = { type: 'string' };
const nil = { type: 'null' };

test('what may be given is told: the choices, the shape, and that it may be nothing', () => {
  const exclusions = { type: 'object', properties: { conflict: { type: 'boolean' }, note: text }, required: ['conflict'] };
  expect([placeholderOf(exclusions), noteOf(exclusions)]).toEqual(['<object>', 'JSON: {"conflict": true|false, "note"?: text}']);
  const hours = { anyOf: [{ type: 'object', properties: { from: text }, required: ['from'] }, nil] };
  expect([placeholderOf(hours), noteOf(hours)]).toEqual(['<json>', 'JSON: {"from": text}|null']);
  const some = { type: 'array', items: { type: 'string', enum: ['messages', 'progress'] } };
  expect(noteOf(some)).toBe('some of messages, progress, with commas between');
  expect(noteOf({ anyOf: [{ type: 'string', enum: ['private', 'public'] }, nil] })).toBe('one of private, public, null');
  expect(noteOf({ anyOf: [{ type: 'integer' }, nil] })).toBe('integer, or null');
  expect(noteOf({ type: 'array', items: text })).toBe('JSON, or one value');
  expect(noteOf({ type: 'array', items: exclusions })).toBe('JSON: [{"conflict": true|false, "note"?: text}, …]');
  expect(noteOf(text)).toBe('');
});

test('what is written is taken for what it is', () => {
  const orNull = { anyOf: [text, nil] };
  expect([parsedAs('2026', orNull), parsedAs('null', orNull), parsedAs('null', text)]).toEqual(['2026', null, 'null']);
  expect([parsedAs('3', { anyOf: [{ type: 'integer' }, nil] }), parsedAs('0', { type: 'integer' })]).toEqual([3, 0]);
  for (const none of ['three', '', 'Infinity']) expect(() => parsedAs(none, { type: 'integer' })).toThrow('must be a number');
  const some = { type: 'array', items: { type: 'string', enum: ['messages', 'progress'] } };
  expect([parsedAs('messages,progress', some), parsedAs('[]', some), parsedAs('', some)]).toEqual([['messages', 'progress'], [], []]);
  expect(parsedAs('a,b', { type: 'array', items: text })).toEqual(['a,b']);
});

test('an option of the program stands before and behind a command, and never takes the place of the command’s own', () => {
  const seen: unknown[] = [];
  const program = new Command().option('--json').option('--url <url>', 'the hub', 'http://hub').enablePositionalOptions().exitOverride();
  const hooks = program.command('webhooks');
  const tell = (command: Command) => command.action(() => void seen.push([command.opts().url, program.opts().url, program.opts().json]));
  tell(hooks.command('add').option('--url <url>', 'whom to tell'));
  tell(hooks.command('list'));
  globalOptionsAnywhere(program);
  const run = (...words: string[]) => program.parse(words, { from: 'user' });
  run('webhooks', 'add', '--url', 'https://else', '--json');
  run('--url', 'http://mine', 'webhooks', 'add', '--url', 'https://else');
  run('webhooks', 'list', '--url', 'http://mine');
  run('webhooks', '--url', 'http://mine', 'list', '--json');
  expect(seen).toEqual([
    ['https://else', 'http://hub', true],
    ['https://else', 'http://mine', undefined],
    [undefined, 'http://mine', undefined],
    [undefined, 'http://mine', true],
  ]);
  expect(hooks.commands[1]!.helpInformation()).not.toContain('--url');
});
