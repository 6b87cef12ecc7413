import { BlockList, isIP } from 'node:net';

/**
 * What is not a host of the public Internet: the IANA special-purpose registries (RFC 6890) and multicast. An IPv4 address that comes
 * inside an IPv6 one (mapped, translated, 6to4, Teredo) is refused with its block, except the mapped form, which the kernel dials as IPv4.
 */
const special: readonly string[] = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24'],
  ...['192.31.196.0/24', '192.52.193.0/24', '192.88.99.0/24', '192.168.0.0/16', '192.175.48.0/24', '198.18.0.0/15', '198.51.100.0/24'],
  ...['203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  ...['::/3', '4000::/2', '8000::/1', '2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'],
];

/** One list a family: a BlockList takes every IPv4 address for its mapped form, which lies in `::/3`. */
type Blocks = Readonly<Record<'ipv4' | 'ipv6', BlockList>>;

/** Address blocks in CIDR notation, or single addresses. Throws a RangeError at what is neither. */
export function blocksOf(texts: readonly string[]): Blocks {
  const blocks = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const text of texts) {
    const [address = '', prefix, ...more] = text.split('/');
    const version = isIP(address);
    const bits = prefix === undefined ? (version === 6 ? 128 : 32) : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
    if (version === 0 || more.length > 0 || !(bits <= (version === 6 ? 128 : 32)))
      throw new RangeError(`${text} is neither an address nor a block like 10.1.0.0/16`);
    const family = version === 6 ? 'ipv6' : 'ipv4';
    blocks[family].addSubnet(address, bits, family);
  }
  return blocks;
}

const specialBlocks = blocksOf(special);

/** Whether an address is a host of the public Internet, or one that whoever runs this hub has named. */
export function mayReach(address: string, own: Blocks): 'public' | 'own' | 'no' {
  const plain = mappedOf(address) ?? address;
  const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(plain) === 0) return 'no';
  if (own[family].check(plain, family)) return 'own';
  return specialBlocks[family].check(plain, family) ? 'no' : 'public';
}

/** The IPv4 address of `::ffff:a.b.c.d`, in whatever way it is written. */
function mappedOf(address: string): string | undefined {
  if (isIP(address) !== 6) return undefined;
  const host = URL.parse(`http://[${address.split('%')[0]}]/`)?.hostname ?? '';
  const [, high, low] = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(host) ?? [];
  if (high === undefined || low === undefined) return undefined;
  const bytes = [high, low].map((group) => Number.parseInt(group, 16)).flatMap((n) => [n >> 8, n & 255]);
  return bytes.join('.');
}
