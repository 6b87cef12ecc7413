import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limits } from '../../base/limits.ts';
import { demangle } from './demangle.ts';

// Expected texts: GNU c++filt (binutils).
test.each([
  ['_ZN7logging10LogMessageD2Ev', 'logging::LogMessage::~LogMessage()'],
  ['_ZN2ui10FlingCurveC2ERKN3gfx9Vector2dFEN4base9TimeTicksE', 'ui::FlingCurve::FlingCurve(gfx::Vector2dF const&, base::TimeTicks)'],
  ['_ZNSt6vectorIiSaIiEE9push_backERKi', 'std::vector<int, std::allocator<int> >::push_back(int const&)'],
  ['_Z3fooIiEvPFiT_E', 'void foo<int>(int (*)(int))'],
  ['_ZN12_GLOBAL__N_14mainEv', '(anonymous namespace)::main()'],
  ['_ZNK1a1bixEm', 'a::b::operator[](unsigned long) const'],
  [
    '_ZNSsC1EOSs',
    'std::basic_string<char, std::char_traits<char>, std::allocator<char> >::basic_string(std::basic_string<char, std::char_traits<char>, std::allocator<char> >&&)',
  ],
  ['_ZTv0_n24_N1a1bD1Ev', 'virtual thunk to a::b::~b()'],
  ['_ZTSN1a1bE', 'typeinfo name for a::b'],
  ['_ZN1a3useIXadL_ZNS_4freeEPvEEEEvv', 'void a::use<&a::free>()'],
  ['_Z1fI1aENSt9enable_ifIXsr6traitsIT_EE5valueEvE4typeES0_', 'std::enable_if<traits<a>::value, void>::type f<a>(a)'],
  ['_ZlsIcEvT_', 'void operator<< <char>(char)'],
  ['_ZN1aS_E', '_ZN1aS_E'],
  ['main', 'main'],
  ['_Znonsense', '_Znonsense'],
])('%s', (mangled, name) => expect(demangle(mangled)).toBe(name));

test('hostile names end, however they repeat themselves', () => {
  expect(demangle(`_Z1f${'P'.repeat(100_000)}i`)).toMatch(/^_Z/);
  expect(demangle(`_Z1fI${'1aIS_S_E'.repeat(200)}E`).length).toBeLessThan(20_000);
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('N', 'S_', 'S0_', 'I', 'E', 'J', '1a', 'P', 'F', 'v', 'i', 'T_', 'L', 'Z', 'Ul', '_', '9'), {
        maxLength: 60,
      }),
      (parts) => {
        expect(typeof demangle(`_Z${parts.join('')}`)).toBe('string');
      },
    ),
    { numRuns: 2000 },
  );
});

test('a type is read to the limit of its depth, and of its length', () => {
  // The innermost `int` is a type too.
  const nested = (depth: number) => `_Z1f${'P'.repeat(depth - 1)}i`;
  expect(demangle(nested(limits.demangledDepth))).toBe(`f(int${'*'.repeat(limits.demangledDepth - 1)})`);
  expect(demangle(nested(limits.demangledDepth + 1))).toBe(nested(limits.demangledDepth + 1));
  const named = (chars: number) => `_Z1f${chars}${'a'.repeat(chars)}`;
  expect(demangle(named(limits.demangledChars))).toBe(`f(${'a'.repeat(limits.demangledChars)})`);
  expect(demangle(named(limits.demangledChars + 1))).toBe(named(limits.demangledChars + 1));
});
