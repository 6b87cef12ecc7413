import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const recipes = join(import.meta.dirname, '../recipes');
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const poc = (recipe: string, file: string) => base64(readFileSync(join(recipes, recipe, file)));

/** North Lab's own words, as a TAP v1 report with one PoC. */
export function northReport(): object {
  return {
    purl: 'pkg:deb/debian/cjson@1.7.15-1%2Bdeb12u4',
    versions: ['1.7.15'],
    affected_symbol: { file: 'cJSON.c', function: 'parse_string' },
    attachments: [
      {
        filename: 'after-comma.json',
        data: poc('cjson-CVE-2023-53154', 'poc-after-comma.json'),
        content_type: 'application/octet-stream',
        type: 'exploit-proof-of-concept',
        description: 'an object that stops right after a comma, in a buffer of exactly its length',
      },
    ],
    discovery_method: 'ai-discovered',
    discovery_tooling: 'coverage-guided fuzzing steered by a model',
    enrichment: { cwe: 'CWE-125', severity: 'Medium' },
  };
}

/** South Lab's own words, as SARIF with another PoC of the same flaw. */
export function southReport(): Record<string, unknown> {
  return {
    purl: 'pkg:deb/debian/cjson@1.7.15-1%2Bdeb12u4',
    sarif: {
      version: '2.1.0',
      runs: [
        {
          tool: {
            driver: {
              name: 'southbound',
              semanticVersion: '0.9.0',
              rules: [{ id: 'SB-OOB', properties: { tags: ['external/cwe/cwe-125'] } }],
            },
          },
          results: [
            {
              ruleId: 'SB-OOB',
              level: 'error',
              message: {
                text: 'The member loop of parse_object advances past a comma without asking whether the buffer goes on, so the next key is read from beyond its end.',
              },
              locations: [
                {
                  physicalLocation: { artifactLocation: { uri: 'cJSON.c' }, region: { startLine: 1660 } },
                  logicalLocations: [{ name: 'parse_object', kind: 'function' }],
                },
              ],
            },
          ],
        },
      ],
    },
    attachments: [
      {
        filename: 'nested.json',
        contentType: 'application/octet-stream',
        type: 'exploit-proof-of-concept',
        data: poc('cjson-CVE-2023-53154', 'poc-nested.json'),
      },
    ],
  };
}

/** Reef Security's report of the npm flaw, in the hub's own JSON. */
export function reefReport(): Record<string, unknown> {
  return {
    title: 'minimist lets a command line write to Function.prototype',
    text: 'A dotted option that walks through constructor.constructor reaches Function, and its prototype takes the value. Whatever a later caller looks up on a function may then be chosen by whoever writes the command line.',
    purl: 'pkg:npm/minimist@1.2.5',
    versions: ['1.2.5'],
    cwe: 'CWE-1321',
    symbol: { file: 'index.js', function: 'setKey' },
    attachments: [
      {
        filename: 'words.json',
        contentType: 'application/json',
        type: 'exploit-proof-of-concept',
        data: poc('minimist-CVE-2021-44906', 'poc-function-prototype.json'),
      },
    ],
    discoveryMethod: 'manual',
  };
}

const invention = `=================================================================
==4242==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602000000118 at pc 0x5581a7e5 bp 0x7ffd sp 0x7ffc
WRITE of size 4096 at 0x602000000118 thread T0
    #0 0x5581a7e5 in cJSON_PrintPreallocated /src/cJSON.c:1305:9
    #1 0x5581a9f0 in cJSON_Print /src/cJSON.c:1238:12
    #2 0x5581aab1 in main /src/main.c:12:3
SUMMARY: AddressSanitizer: heap-buffer-overflow /src/cJSON.c:1305:9 in cJSON_PrintPreallocated
==4242==ABORTING
`;

/** Mirage AI's report: confident, detailed, with a trace that no sanitizer ever wrote. */
export function mirageReport(): Record<string, unknown> {
  return {
    title: 'CRITICAL: unauthenticated remote code execution in cJSON_Print',
    text: `A 4096-byte heap write gives full control of the instruction pointer. Verified by our model with 100 % confidence.\n\n${invention}`,
    purl: 'pkg:deb/debian/cjson@1.7.15-1%2Bdeb12u4',
    cwe: 'CWE-787',
    symbol: { file: 'cJSON.c', function: 'cJSON_PrintPreallocated' },
    attachments: [
      { filename: 'trace.txt', contentType: 'text/plain', type: 'other', data: base64(Buffer.from(invention)) },
      {
        filename: 'poc.json',
        contentType: 'application/octet-stream',
        type: 'exploit-proof-of-concept',
        data: base64(Buffer.from(JSON.stringify({ print: 'A'.repeat(4096) }))),
      },
    ],
    discoveryMethod: 'ai-discovered',
    discoveryTooling: 'an unnamed model',
  };
}
