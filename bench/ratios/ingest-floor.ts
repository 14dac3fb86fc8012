// How fast the webhook door takes events, and what one costs until it is applied, beside the least that has to be done.
import type { Benchmark } from '../benchmark.ts';
import { figure, median, type Figures } from '../figures.ts';
import { startFloor } from '../floors/start.ts';
import {
  closeOurs,
  deliveredUs,
  measuredOurs,
  openOurs,
  unapplied,
  type Ours,
  type OursWindow,
} from '../load/ours.ts';
import { measured, warmed, type Measured, type Window } from '../load/window.ts';
import { SLOW } from '../processes/connector.ts';
import { newData, type StoreKind } from '../stores.ts';

const CPU: Record<StoreKind, { gate: number; goal: number }> = {
  embedded: { gate: 150, goal: 100 },
  postgres: { gate: 300, goal: 200 },
};

type Floors = { floor: Measured; express: Measured };
type Round = { ours: OursWindow; floor: Window; express: Window };

export const ingestFloor: Benchmark = {
  name: 'ingest-floor',
  kind: 'ratio',
  says: 'events a second at 16 connections / node:http + verify + the same store’s insert; processor time above it',
  plant: 'every request costs a millisecond more',
  async run({ store, rounds, planted = false, say }): Promise<Figures> {
    const ours = await openOurs(store, planted ? [SLOW] : []);
    const data = await newData(store);
    const stops: (() => Promise<void>)[] = [];
    try {
      const { load } = ours.door;
      const floor = await startFloor('door', [data.url, load.secret]);
      stops.push(floor.stop);
      const express = await startFloor('express-door', ['', load.secret]);
      stops.push(express.stop);
      const floorMs = (): number => floor.cpuMs() + data.cpuMs();
      const floors = {
        floor: await warmed({ name: 'floor', load: { ...load, port: floor.port }, cpuMs: floorMs }),
        express: await warmed({
          name: 'express',
          load: { ...load, port: express.port },
          cpuMs: express.cpuMs,
        }),
      };
      const found: Round[] = [];
      for (let round = 0; round < rounds; round += 1) found.push(await oneRound(ours, floors, say));
      const delivered = await deliveredUs(ours);
      const { missing, of } = await unapplied(ours);
      return {
        ...figuresOf(store, found),
        'ingest-floor.delivery': figure(
          delivered - median(found.map((round) => round.ours.appliedUs)),
          { unit: 'µs an event more until HubSpot knows of it', gate: null, goal: null },
          { deliveredUs: delivered },
        ),
        'ingest-floor.unapplied': figure(
          missing,
          { unit: 'payments said to be applied and lost by a kill', gate: 0, goal: 0 },
          { payments: of },
        ),
      };
    } finally {
      for (const stop of stops) await stop();
      await closeOurs(ours);
      await data.end();
    }
  },
};

async function oneRound(ours: Ours, floors: Floors, say: (text: string) => void): Promise<Round> {
  const round = {
    floor: await measured(floors.floor),
    ours: await measuredOurs(ours),
    express: await measured(floors.express),
  };
  for (const [name, { perSecond, cpuUsPerEvent, p99Ms }] of Object.entries(round))
    say(
      `    ${name}: ${perSecond.toFixed(0)} events/s, ${cpuUsPerEvent.toFixed(0)} µs, p99 ${p99Ms.toFixed(1)} ms`,
    );
  return round;
}

function figuresOf(store: StoreKind, rounds: Round[]): Figures {
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
      of(({ ours, floor }) => ours.appliedUs - floor.cpuUsPerEvent),
      { unit: 'µs an event above the floor, until applied', ...CPU[store] },
      { oursUs: of(({ ours }) => ours.appliedUs), floorUs: of(({ floor }) => floor.cpuUsPerEvent) },
    ),
    'ingest-floor.express': figure(
      of(({ ours, express }) => ours.perSecond / express.perSecond),
      { unit: '× the rate of Express that keeps nothing', gate: null, goal: null, better: 'higher' },
    ),
  };
}
