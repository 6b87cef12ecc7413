import { ending } from '../box/ending.ts';
import { contract } from '../box/kit.ts';

contract('bubblewrap', { ending });
