import { sha256 } from '../../../base/canonical.ts';
import type { Doors } from '../../../base/doors.ts';
import { epochMs, hour, instantOf, plusMs, second } from '../../../base/instant.ts';
import { limits } from '../../../base/limits.ts';
import { cosign as cosignature, parseVerifierKey, witnessKey } from '../../../base/note.ts';
import { isRefusal, refuse } from '../../../base/refusal.ts';
import { signNote } from '../../../base/signature.ts';
import { action, type Ctx, done } from '../../../trust/action.ts';
import { checkpointText } from '../../../trust/log/entry.ts';
import { consistencyProof, frontierAt } from '../log/store.ts';
import { headOf } from '../store.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';
import { asking, decideCosign, decideSigned, isFork, notAnAsking, parseAsked, readAnswer, shown } from './witness.ts';

export const cosign = action({
  name: 'witnesses.cosign',
  at: 'POST /api/witnesses/cosign',
  summary: 'Cosign the checkpoint of a log that this hub watches, if it is an append of the last one (C2SP tlog-witness, add-checkpoint).',
  by: ['coordinator'],
  internal: true,
  input: wire.askedInput,
  output: wire.answerOut,
  async run(ctx, input) {
    const asked = parseAsked(input.body);
    if (!asked) return done(notAnAsking);
    const keys = decideSigned(
      asked,
      ctx.doors.witnessing.logs.map((log) => log.key),
    );
    if ('status' in keys) return done(keys);
    const { head, note } = asked;
    const seen = await store.lockSeen(ctx.tx, head.origin);
    if (isFork(head, seen)) await store.keepFork(ctx.tx, head.origin, head.root, shown(asked, keys, ''), ctx.now);
    const instead = decideCosign(asked, seen);
    if (instead) return done(instead);
    const line = cosignature(ctx.doors.keys.signer('witness'), note.text, Math.floor(epochMs(ctx.now) / second));
    // Committed before act() hands the line out: a hub that dies in between has promised nothing to anybody.
    await store.saveSeen(ctx.tx, head.origin, head, shown(asked, keys, line));
    return done({ status: 200, type: 'text/plain; charset=utf-8', body: line });
  },
});

/** The checkpoint that this hub last cosigned of a log, by the SHA-256 of the log's origin; undefined where there is none. */
export async function seenCheckpoint(doors: Doors, originHash: string): Promise<string | undefined> {
  const log = doors.witnessing.logs.find(({ key }) => sha256(key.name) === originHash);
  return log && doors.db.transaction([], (tx) => store.checkpointSeen(tx, log.key.name));
}

export const questions = action({
  name: 'witnesses.questions',
  at: 'GET /api/witnesses/questions',
  summary: 'What is to be asked of which witness now.',
  by: ['coordinator'],
  internal: true,
  input: wire.nothing,
  output: wire.questionsOut,
  async run(ctx) {
    const { size } = await headOf(ctx.tx);
    const standings = await store.standings(ctx.tx);
    const stale = plusMs(ctx.now, -limits.cosignatureHours * hour);
    const due = ctx.doors.witnessing.witnesses.filter(({ key, url }) => {
      const s = standings.get(key.text);
      const isBehind = s?.size !== size || (s.cosignedAt ?? stale) <= stale;
      return url !== null && size > 0 && isBehind && (s === undefined || s.askAt <= ctx.now);
    });
    const items = [];
    for (const { key, url } of due) {
      // One that holds a larger tree than we do is told what we have, and says so again.
      const oldSize = Math.min(standings.get(key.text)?.knownSize ?? 0, size);
      const body = asking(oldSize, await consistencyProof(ctx.tx, oldSize, size), await noteAt(ctx, size));
      items.push({ witness: key.text, url: `${url!.replace(/\/$/, '')}/add-checkpoint`, oldSize, size, body });
    }
    return done({ items });
  },
});

export const answered = action({
  name: 'witnesses.answered',
  at: 'POST /api/witnesses/answered',
  summary: 'Keep the cosignature that a witness gave, or why it gave none.',
  by: ['coordinator'],
  internal: true,
  input: wire.answeredInput,
  output: wire.answeredOut,
  async run(ctx, { witness, size, status, body }) {
    const key = parseVerifierKey(witness);
    if (!key) return refuse('malformed', 'no key of a witness', '/witness');
    const before = await store.standingForChange(ctx.tx, witness);
    const known = before ?? { witness, knownSize: 0, size: null, line: null, cosignedAt: null, failures: 0, because: null, askAt: ctx.now };
    const text = checkpointText(ctx.doors.keys.signer('releases').name, size, await frontierAt(ctx.tx, size));
    const read = readAnswer({ status, body }, text, key);
    if ('line' in read && read.atSeconds * second <= epochMs(ctx.now) + limits.clockSkewMs) {
      const cosignedAt = instantOf(read.atSeconds * second);
      // Two workers may ask at once; what is newer stays.
      if ((known.size ?? 0) <= size)
        await store.saveStanding(ctx.tx, { ...known, knownSize: size, size, line: read.line, cosignedAt, failures: 0, because: null });
      return done({ cosigned: true, again: false });
    }
    const { size: head } = await headOf(ctx.tx);
    if ('size' in read && read.size <= head && read.size !== known.knownSize) {
      await store.saveStanding(ctx.tx, { ...known, knownSize: read.size });
      return done({ cosigned: false, again: true });
    }
    const because = isRefusal(read)
      ? read.because
      : 'size' in read
        ? `it holds a tree of ${read.size} leaves of ours, and we have ${head}: was this hub set back to an old copy?`
        : 'its clock runs ahead of ours';
    const failures = known.failures + 1;
    const pauseMs = Math.min(limits.witnessPauseMs, second * 2 ** Math.min(known.failures, 30));
    await store.saveStanding(ctx.tx, { ...known, failures, because, askAt: plusMs(ctx.now, pauseMs) });
    return done({ cosigned: false, again: false });
  },
});

export const list = action({
  name: 'witnesses.list',
  at: 'GET /api/witnesses',
  summary: 'The witnesses of the log of releases and how it stands with them; the logs of others that this hub watches.',
  by: ['coordinator'],
  input: wire.nothing,
  output: wire.listOut,
  async run(ctx) {
    const { logs, witnesses } = ctx.doors.witnessing;
    const standings = await store.standings(ctx.tx);
    const asked = witnesses.flatMap(({ key, url }) => {
      const { size = null, cosignedAt = null, failures = 0, because = null } = standings.get(key.text) ?? {};
      return url === null ? [] : [{ key: key.text, url, size, cosignedAt, failures, because }];
    });
    const watched = [];
    for (const { key } of logs) watched.push({ origin: key.name, checkpoint: (await store.checkpointSeen(ctx.tx, key.name)) ?? null });
    const forks = (await store.forks(ctx.tx)).map(({ seen_at: seenAt, ...fork }) => ({ ...fork, seenAt }));
    return done({ key: witnessKey(ctx.doors.keys.signer('witness')), asked, watched, forks });
  },
});

async function noteAt(ctx: Ctx, size: number): Promise<string> {
  const signer = ctx.doors.keys.signer('releases');
  return signNote(signer, checkpointText(signer.name, size, await frontierAt(ctx.tx, size)));
}

export const witnessActions = [cosign, questions, answered, list];
