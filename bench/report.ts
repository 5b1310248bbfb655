import { type Goal, type GoalName, goals, reaches } from './goals.ts';
import type { Figure, Findings } from './measurement.ts';

/** A figure with a goal, as machines read it. */
export interface GoalFigure extends Figure {
  readonly goal: number;
  readonly bound: Goal['bound'];
  readonly holds: boolean;
}

/** Sets what was found beside the goals, in their order, and what else was found behind them. */
export function toFigures(found: readonly Findings[]): (GoalFigure | Figure)[] {
  const values: Findings['values'] = Object.assign({}, ...found.map((each) => each.values));
  const measured = goals.flatMap((goal): GoalFigure[] => {
    const { value, besides = true } = values[goal.name as GoalName] ?? {};
    if (value === undefined) return [];
    const { name, unit, bound } = goal;
    return [{ name, value, unit, goal: goal.goal, bound, holds: besides && reaches(goal, value) }];
  });
  return [...measured, ...found.flatMap(({ further }) => further)];
}

/** Prints figures for people. */
export function printFigures(figures: readonly (GoalFigure | Figure)[]): void {
  const widest = Math.max(...figures.map(({ name }) => name.length));
  for (const figure of figures) {
    const value = `${figure.name.padEnd(widest)}  ${rounded(figure.value).padStart(9)} ${figure.unit}`;
    const verdict = 'goal' in figure ? `${figure.holds ? 'holds' : 'falls short'}: ${figure.bound} ${figure.goal}` : '';
    process.stdout.write(`${value.padEnd(widest + 28)} ${verdict}`.trimEnd().concat('\n'));
  }
}

function rounded(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 3);
}
