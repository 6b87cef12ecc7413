import { escaping } from '../box/escaping.ts';
import { contract } from '../box/kit.ts';

contract('bubblewrap', { escaping });
