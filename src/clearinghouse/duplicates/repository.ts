/**
 * Where a project's source lies, by one name for all the ways to write it: `github.com/owner/name`. Undefined = not a place of source code.
 * Reads https, http, git, ssh and `git@host:path` addresses, `pkg:github/…` and its like, and pages within a repository.
 */
export function repositoryOf(text: string): string | undefined {
  const place = splitAddress(text.slice(0, 512));
  if (!place) return undefined;
  const host = hostNames[place.host] ?? place.host;
  const segments = trimPath(host, place.path);
  if (segments.length === 0) return undefined;
  const name = `${host}/${segments.join('/')}`;
  return mirrors[name] ?? name;
}

/** Hosts on which a repository is always owner/name: what follows is a page in it. */
const ownerHosts = new Set(['github.com', 'bitbucket.org', 'codeberg.org', 'gitee.com', 'git.sr.ht']);
const hostNames: Readonly<Record<string, string>> = {
  'raw.githubusercontent.com': 'github.com',
  'codeload.github.com': 'github.com',
  'ssh.github.com': 'github.com',
  'altssh.gitlab.com': 'gitlab.com',
  'anongit.freedesktop.org': 'gitlab.freedesktop.org',
  'cgit.freedesktop.org': 'gitlab.freedesktop.org',
  'git.gnome.org': 'gitlab.gnome.org',
  'git.sv.gnu.org': 'git.savannah.gnu.org',
  'git.savannah.nongnu.org': 'git.savannah.gnu.org',
  'source.ffmpeg.org': 'git.ffmpeg.org',
  'android-review.googlesource.com': 'android.googlesource.com',
};

/** Known mirrors, each by the name of what it mirrors. */
const mirrors: Readonly<Record<string, string>> = {
  'github.com/torvalds/linux': 'git.kernel.org/linux',
  'git.kernel.org/torvalds/linux': 'git.kernel.org/linux',
  'git.kernel.org/stable/linux': 'git.kernel.org/linux',
  'github.com/gregkh/linux': 'git.kernel.org/linux',
  'github.com/gnome/libxml2': 'gitlab.gnome.org/gnome/libxml2',
  'gitlab.gnome.org/libxml2': 'gitlab.gnome.org/gnome/libxml2',
  'github.com/gnome/libxslt': 'gitlab.gnome.org/gnome/libxslt',
  'github.com/gnome/glib': 'gitlab.gnome.org/gnome/glib',
  'github.com/ffmpeg/ffmpeg': 'git.ffmpeg.org/ffmpeg',
  'github.com/wireshark/wireshark': 'gitlab.com/wireshark/wireshark',
  'github.com/bminor/binutils-gdb': 'sourceware.org/binutils-gdb',
  'github.com/bminor/glibc': 'sourceware.org/glibc',
  'github.com/gcc-mirror/gcc': 'gcc.gnu.org/gcc',
  'github.com/coreutils/coreutils': 'git.savannah.gnu.org/coreutils',
  'github.com/mirror/busybox': 'git.busybox.net/busybox',
  'github.com/freetype/freetype': 'gitlab.freedesktop.org/freetype/freetype',
  'git.savannah.gnu.org/freetype/freetype2': 'gitlab.freedesktop.org/freetype/freetype',
  'github.com/freedesktop/poppler': 'gitlab.freedesktop.org/poppler/poppler',
  'github.com/artifexsoftware/ghostpdl': 'git.ghostscript.com/ghostpdl',
  'github.com/artifexsoftware/mupdf': 'git.ghostscript.com/mupdf',
  'github.com/gnutls/gnutls': 'gitlab.com/gnutls/gnutls',
  'github.com/gpg/libgcrypt': 'git.gnupg.org/libgcrypt',
  'github.com/gpg/gnupg': 'git.gnupg.org/gnupg',
  'github.com/php/php-src': 'git.php.net/php-src',
  'github.com/samba-team/samba': 'git.samba.org/samba',
  'gitlab.com/samba-team/samba': 'git.samba.org/samba',
  'github.com/qemu/qemu': 'gitlab.com/qemu-project/qemu',
  'git.qemu.org/qemu': 'gitlab.com/qemu-project/qemu',
  'github.com/systemd/systemd-stable': 'github.com/systemd/systemd',
  'github.com/google/skia': 'skia.googlesource.com/skia',
  'github.com/google/boringssl': 'boringssl.googlesource.com/boringssl',
  'github.com/v8/v8': 'chromium.googlesource.com/v8/v8',
  'github.com/chromium/chromium': 'chromium.googlesource.com/chromium/src',
  'github.com/golang/go': 'go.googlesource.com/go',
  'github.com/webmproject/libvpx': 'chromium.googlesource.com/webm/libvpx',
  'github.com/webmproject/libwebp': 'chromium.googlesource.com/webm/libwebp',
  'gitlab.com/libtiff/libtiff': 'gitlab.com/libtiff/libtiff',
  'github.com/libsdl-org/libtiff': 'gitlab.com/libtiff/libtiff',
  'github.com/videolan/vlc': 'code.videolan.org/videolan/vlc',
  'github.com/videolan/dav1d': 'code.videolan.org/videolan/dav1d',
};

function splitAddress(text: string): { host: string; path: string } | undefined {
  const purl = /^pkg:(github|gitlab|bitbucket)\/([^@?#]+)/i.exec(text);
  if (purl) return { host: `${purl[1]!.toLowerCase()}.${purl[1]!.toLowerCase() === 'bitbucket' ? 'org' : 'com'}`, path: purl[2]! };
  const url = /^(?:(?:git|svn|hg)\+)?(?:https?|git|ssh):\/\/(?:[^/@\s]*@)?([a-z0-9.-]+)(?::\d{1,5})?\/([^\s?#]*)/i.exec(text);
  const scp = url ?? /^(?:[a-z0-9_-]+@)([a-z0-9.-]+):(?!\/\/)([^\s?#]*)/i.exec(text);
  return scp ? { host: scp[1]!.toLowerCase().replace(/^www\./, ''), path: scp[2]! } : undefined;
}

/** Folders that hosts put before a repository's own name. */
const shelves = /^(?:pub|scm|git|cgit|gitweb|r|p|srv|linux|kernel|https?)$/;

function trimPath(host: string, path: string): string[] {
  const all = path.split('/').filter((segment) => segment !== '' && segment !== '~');
  const page = all.findIndex((segment) => segment === '-' || segment === '+');
  const own = (page > 0 ? all.slice(0, page) : all).map((segment) => segment.replace(/\.git$/i, '').toLowerCase());
  if (ownerHosts.has(host)) return own.length < 2 ? [] : own.slice(0, 2);
  // A repository's own name is its last segment: `pub/scm/linux/kernel/git/torvalds/linux` is `torvalds/linux`.
  const ended = all.findIndex((segment) => /\.git$/i.test(segment));
  const whole = ended >= 0 ? own.slice(0, ended + 1) : own;
  return whole.filter((segment, i) => i === whole.length - 1 || !shelves.test(segment)).slice(-3);
}
