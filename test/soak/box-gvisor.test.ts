import { bounding } from '../box/bounding.ts';
import { doors } from '../box/door.ts';
import { ending } from '../box/ending.ts';
import { escaping } from '../box/escaping.ts';
import { giving } from '../box/giving.ts';
import { contract } from '../box/kit.ts';
import { running } from '../box/running.ts';

contract('gvisor', { running, bounding, escaping, giving, ending, doors });
