/** An event of one subject, as far as undoing goes. */
export interface UndoableEvent {
  readonly id: number;
  /** id of the event that it takes back; null: none. */
  readonly undoes: number | null;
}

/** What holds of all that happened to one thing. */
export interface Standing {
  /** Events that hold: neither undone, nor made up for by the undo of an undo. */
  readonly holding: ReadonlySet<number>;
  /** Those that can be undone: what holds, and left the thing as it is now. */
  readonly undoable: ReadonlySet<number>;
}

/**
 * Finds out what holds of what happened to one thing. An undo takes another event back; where it is undone itself, that one
 * holds again, and so on.
 *
 * @param events of one subject, the oldest first.
 */
export function standingOf(events: readonly UndoableEvent[]): Standing {
  const undoes = new Map(events.map((event) => [event.id, event.undoes]));
  const holds = new Map<number, boolean>();
  for (const event of events) {
    holds.set(event.id, true);
    let value = false;
    for (let id = event.undoes; id !== null; id = undoes.get(id) ?? null) {
      holds.set(id, value);
      value = !value;
    }
  }
  const holding = events.filter(({ id }) => holds.get(id)).map(({ id }) => id);
  const { present, left } = statesOf(events);
  return { holding: new Set(holding), undoable: new Set(holding.filter((id) => left.get(id) === present)) };
}

// The state in which each event left the thing: one of its own, named by its id, or, of an undo, the one in which what it
// takes back had found it.
function statesOf(events: readonly UndoableEvent[]): { present: number; left: ReadonlyMap<number, number> } {
  const found = new Map<number, number>();
  const left = new Map<number, number>();
  let present = 0;
  for (const { id, undoes } of events) {
    found.set(id, present);
    present = undoes === null ? id : (found.get(undoes) ?? id);
    left.set(id, present);
  }
  return { present, left };
}

/**
 * The same for one thing of many parts, of which each event changes some: every part has a history of its own. An event holds
 * where it holds in any of its parts, and so it can be undone.
 *
 * @param events one for each part that an event changed, the oldest first.
 */
export function standingOfParts(events: readonly (UndoableEvent & { readonly part: string })[]): Standing {
  const standings = [...Map.groupBy(events, ({ part }) => part).values()].map(standingOf);
  return {
    holding: new Set(standings.flatMap(({ holding }) => [...holding])),
    undoable: new Set(standings.flatMap(({ undoable }) => [...undoable])),
  };
}
