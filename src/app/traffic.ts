import { setTimeout as sleep } from 'node:timers/promises';

/** While something is being handed in, its body being here, whoever works through what was handed in takes one part in this many of the time. */
const parts = 5;

/** Who hands in is answered before what was handed in is worked through; but a flood must not stop the work either. */
export interface Traffic {
  /** One more is being handed in, until the returned function is called. */
  enter(): () => void;
  /** Called between two pieces of work, with how long the last one took. */
  giveWay(workedMs: number): Promise<void>;
}

export function traffic(): Traffic {
  let underWay = 0;
  return {
    enter() {
      underWay++;
      let left = false;
      return () => {
        if (!left) underWay--;
        left = true;
      };
    },
    async giveWay(workedMs) {
      if (underWay > 0) await sleep(workedMs * (parts - 1));
    },
  };
}
