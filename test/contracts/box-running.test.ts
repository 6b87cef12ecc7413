import { contract } from '../box/kit.ts';
import { running } from '../box/running.ts';

contract('bubblewrap', { running });
