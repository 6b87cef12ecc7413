import { giving } from '../box/giving.ts';
import { contract } from '../box/kit.ts';

contract('bubblewrap', { giving });
