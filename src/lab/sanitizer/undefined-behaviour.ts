import { dropState, type Reading, setType } from './reading.ts';
import { inOrder, lastAfter, stripChars, textAfter } from './text.ts';

/** UndefinedBehaviorSanitizer and Clang's control flow integrity. */

const runtimeError = ': runtime error: ';

export function readBadCast(line: string, r: Reading): void {
  if (r.type === '' && r.settings.includeUbsan) readVptr(line, r);
  if (r.type === 'Bad-cast' && r.badCastOpen) readCastOrigin(line, r);
  if (r.type === '') readCfi(line, r);
  if (r.type === '' && line.startsWith('CFI: Most likely a control flow integrity violation;')) {
    setType(r, 'Bad-cast');
    r.frameCount = 0;
  }
}

function openCast(r: Reading, target: string): void {
  setType(r, 'Bad-cast');
  r.frameCount = 0;
  r.frames = [];
  r.state = `Bad-cast to ${stripChars(target, "'")}`;
  r.badCastOpen = true;
}

function readVptr(line: string, r: Reading): void {
  const use = lastAfter(line, runtimeError, /(?:member access within|member call on|downcast of) address ([xX0-9a-fA-F]+) /y);
  const of = line.lastIndexOf(' of type ');
  if (!use || of < use.index + use[0].length) return;
  openCast(r, line.slice(of + ' of type '.length));
  r.address = use[1]!;
}

function readCfi(line: string, r: Reading): void {
  const mark = `${runtimeError}control flow integrity check for type `;
  const rest = textAfter(line, mark);
  const during = rest?.lastIndexOf(' failed during ') ?? -1;
  if (rest === undefined || during < 0) return;
  openCast(r, rest.slice(0, during));
  const address = lastAfter(rest.slice(during), 'vtable address ', /[xX0-9a-fA-F]+/y)?.[0];
  if (address) r.address = address;
}

function readCastOrigin(line: string, r: Reading): void {
  const add = (text: string) => {
    r.state += text;
    r.badCastOpen = false;
  };
  const origin = textAfter(line, 'note: object is of type ') ?? textAfter(line, 'note: vtable is of type ');
  if (origin !== undefined) add(` from ${stripChars(origin, "'")}`);
  if (line.includes('note: object has invalid vptr') || line.endsWith('note: invalid vtable')) add(' from invalid vptr');
  if (line.endsWith(' defined here') && inOrder(line, 'note: ', ' defined here')) add('');
  const offset = lastAfter(line, 'at offset ', /(\d+) within object of type /y)?.[1];
  if (offset !== undefined) add(` from base class subobject at offset ${offset}`);
  if (!r.badCastOpen) {
    r.state += '\n';
    r.frameCount += 1;
  }
}

/** Order matters: the types at the end include others. */
const reasons: readonly (readonly [string, (said: string) => boolean])[] = [
  ['Divide-by-zero', has('division by zero')],
  ['Float-cast-overflow', has('outside the range of representable values')],
  ['Implicit-conversion', has('implicit conversion from type')],
  ['Incorrect-function-pointer-type', (s) => /call to function \S+ through pointer to incorrect function type/.test(s)],
  ['Index-out-of-bounds', has('out of bounds for type')],
  ['Invalid-bool-value', (s) => /not a valid value for type '(?:bool|BOOL)'/.test(s)],
  ['Invalid-builtin-use', has(', which is not a valid argument')],
  ['Misaligned-address', has('misaligned address')],
  ['No-return-value', has('reached the end of a value-returning function')],
  ['Invalid-null-argument', has('null pointer passed as ', ', which is declared to never be null')],
  ['Null-dereference READ', has('load of null pointer')],
  ['Null-dereference', (s) => /(?:binding to|access within|call on) null pointer/.test(s)],
  ['Null-dereference WRITE', has('store to null pointer')],
  ['Object-size', has('address ', ' with insufficient space for an object of type')],
  [
    'Pointer-overflow',
    (s) =>
      /(?:addition|subtraction) of unsigned offset |pointer index expression with base |applying (?:non-zero offset [0-9]+|zero offset) to null pointer/.test(
        s,
      ),
  ],
  ['Invalid-null-return', has('null pointer returned from function declared to never return null')],
  ['Undefined-shift', has('shift')],
  ['Unreachable code', has('execution reached an unreachable program point')],
  ['Unsigned-integer-overflow', has('unsigned integer overflow')],
  ['Upcast-of-null-pointer', has('upcast of null pointer of type')],
  ['Non-positive-vla-bound-value', has('variable length array bound evaluates to non-positive value')],
  ['Invalid-enum-value', has('not a valid value for type')],
  [
    'Integer-overflow',
    (s) =>
      s.includes('integer overflow') ||
      inOrder(s, 'negation of', 'cannot be represented in type') ||
      inOrder(s, 'division of', 'cannot be represented in type'),
  ],
  ['Assumption-violation', has('assumption is violated during execution')],
];

function has(...parts: string[]): (said: string) => boolean {
  return (said) => inOrder(said, ...parts);
}

export function readRuntimeError(line: string, r: Reading): void {
  if (r.type !== '' || !r.settings.includeUbsan) return;
  const said = textAfter(line, runtimeError);
  if (said === undefined) return;
  r.type = reasons.find(([, applies]) => applies(said))?.[0] ?? 'UNKNOWN';
  r.address = '';
  dropState(r);
}
