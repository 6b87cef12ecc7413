import { doors } from '../box/door.ts';
import { contract } from '../box/kit.ts';

contract('bubblewrap', { doors });
