import { bounding } from '../box/bounding.ts';
import { contract } from '../box/kit.ts';

contract('bubblewrap', { bounding });
