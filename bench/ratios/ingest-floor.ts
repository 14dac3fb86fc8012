// How fast the webhook door takes events, and what one costs until it is applied, beside the least that has to be done.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Benchmark } from '../benchmark.ts';
import { figure, median, type Figures } from '../figures.ts';
import { startFloor } from '../floors/start.ts';
import { measured, warmed, type Measured, type Window } from '../load/window.ts';
import { openHubspot } from '../place/hubspot.ts';
import { livesOf } from '../place/lives.ts';
import type { Bill } from '../place/merchant.ts';
import { SLOW, startConnector } from '../processes/connector.ts';

const PAYERS = 500;

type Round = { ours: Window; floor: Window; express: Window };

export const ingestFloor: Benchmark = {
  name: 'ingest-floor',
  kind: 'ratio',
  says: 'events a second at 16 connections / node:http + verify + the same store’s insert; processor time above it',
  plant: 'every request costs a millisecond more',
  async run({ rounds, planted = false, say }): Promise<Figures> {
    let bills: Bill[] = [];
    const place = await openHubspot({
      people: PAYERS,
      history: (merchant) => (bills = merchant.bill(PAYERS + 1)),
    });
    const folder = mkdtempSync(join(tmpdir(), 'payside-bench-'));
    const stops: (() => Promise<void>)[] = [];
    try {
      const [pattern, ...payers] = bills;
      if (!pattern) throw new Error('nobody to bill');
      place.merchant.payQuietly(pattern);
      const lives = livesOf(place.world, place.merchant, pattern, payers);
      await place.world.stopConnector();
      const connector = await startConnector(place.world.env, planted ? [SLOW] : []);
      const floor = await startFloor('door', [folder, lives.secret]);
      const express = await startFloor('express-door', [folder, lives.secret]);
      stops.push(connector.stop, floor.stop, express.stop);
      const receivers = {
        ours: { name: 'ours', load: lives, cpuMs: connector.cpuMs, applied: place.idle },
        floor: { name: 'floor', load: { ...lives, port: floor.port }, cpuMs: floor.cpuMs },
        express: { name: 'express', load: { ...lives, port: express.port }, cpuMs: express.cpuMs },
      };
      const ours = await warmed(receivers.ours);
      const others = { floor: await warmed(receivers.floor), express: await warmed(receivers.express) };
      const found: Round[] = [];
      for (let round = 0; round < rounds; round += 1) found.push(await oneRound(ours, others, say));
      return figuresOf(found);
    } finally {
      for (const stop of stops) await stop();
      await place.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function oneRound(
  ours: Measured,
  others: { floor: Measured; express: Measured },
  say: (text: string) => void,
): Promise<Round> {
  const round = {
    floor: await measured(others.floor),
    ours: await measured(ours),
    express: await measured(others.express),
  };
  for (const [name, { perSecond, cpuUsPerEvent, p99Ms }] of Object.entries(round))
    say(
      `    ${name}: ${perSecond.toFixed(0)} events/s, ${cpuUsPerEvent.toFixed(0)} µs, p99 ${p99Ms.toFixed(1)} ms`,
    );
  return round;
}

function figuresOf(rounds: Round[]): Figures {
  const of = (read: (round: Round) => number): number => median(rounds.map(read));
  const from = {
    ours: Math.round(of(({ ours }) => ours.perSecond)),
    floor: Math.round(of(({ floor }) => floor.perSecond)),
    express: Math.round(of(({ express }) => express.perSecond)),
  };
  return {
    'ingest-floor': figure(
      of(({ ours, floor }) => ours.perSecond / floor.perSecond),
      { unit: '× the floor’s rate', gate: 0.75, goal: 0.9, better: 'higher' },
      from,
    ),
    'ingest-floor.cpu': figure(
      of(({ ours, floor }) => ours.cpuUsPerEvent - floor.cpuUsPerEvent),
      { unit: 'µs an event above the floor, until applied', gate: 150, goal: 100 },
      { oursUs: of(({ ours }) => ours.cpuUsPerEvent), floorUs: of(({ floor }) => floor.cpuUsPerEvent) },
    ),
    'ingest-floor.express': figure(
      of(({ ours, express }) => ours.perSecond / express.perSecond),
      { unit: '× the rate of Express that keeps nothing', gate: null, goal: null, better: 'higher' },
    ),
  };
}
