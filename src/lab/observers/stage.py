# The process that a Python driver runs in; the same lines on descriptor 3 as stage.cjs. Everything needed is taken before the target is
# loaded; what calls leave the interpreter is told by an audit hook, which no Python code can take away.
import json
import os
import sys
import threading
import time

CHANNEL = 3
MOST_VALUES = 200_000
quoted = json.encoder.encode_basestring_ascii
write, read, leave = os.write, os.read, os._exit
process_time, monotonic, sleep, child_times = time.process_time, time.monotonic, time.sleep, os.times
get_frame, live_threads = sys._getframe, threading.enumerate
text_of, kind_of, is_a, identity, dict_of = str, type, isinstance, id, object.__getattribute__
SINK = 'http://127.0.0.1:8099'


def line():
    said = b''
    while not said.endswith(b'\n'):
        byte = read(CHANNEL, 1)
        if not byte:
            leave(1)
        said += byte
    return said


hello = json.loads(line())
oracle, kind = hello['oracle'], hello['oracle']['kind']
secret, token = hello.get('secret', ''), hello['token']


class Box:
    root = '/tmp/root'
    sink = SINK


def written(value):
    if value is True or value is False:
        return 'true' if value else 'false'
    if is_a(value, (int, float)):
        return '%r' % value
    if is_a(value, str):
        return quoted(value)
    if is_a(value, list):
        return '[' + ','.join([written(each) for each in value]) + ']'
    return '{' + ','.join([quoted(name) + ':' + written(each) for name, each in value.items()]) + '}'


def say(said):
    said['token'] = token
    try:
        write(CHANNEL, (written(said) + '\n').encode())
    except OSError:
        pass  # The observer is told by our end.


def frames_now():
    found, frame = [], get_frame(1)
    while frame is not None and len(found) < 5:
        path = frame.f_code.co_filename
        if path.startswith('/src/'):
            file = path[len('/src/'):]
            if file.startswith('site-packages/'):
                file = file[len('site-packages/'):]
            found.append({'function': frame.f_code.co_name[:100], 'file': file[:200], 'line': frame.f_lineno or 0})
        frame = frame.f_back
    return found


def canary():
    say({'called': True, 'frames': frames_now()})


def elsewhere(host, port=None):
    name = host.decode('ascii', 'replace') if is_a(host, bytes) else text_of(host or 'localhost')
    if name in ('localhost', '::1', '::', '0.0.0.0') or name.startswith('127.'):
        return name if port == 8099 else None
    return name if port is None else '%s:%s' % (name, port)


commands = ('os.system', 'os.exec', 'os.posix_spawn', 'os.spawn', 'subprocess.Popen', 'pty.spawn')
files = ('open', 'os.rename', 'os.symlink', 'os.link', 'os.mkdir', 'os.remove', 'os.rmdir', 'shutil.copyfile', 'shutil.move')
lookups = ('socket.getaddrinfo', 'socket.gethostbyname', 'socket.gethostbyaddr')
busy = threading.local()


def watch(event, args):
    """Called for every audited event: cheap words first, and never from within itself."""
    if getattr(busy, 'is', False):
        return
    setattr(busy, 'is', True)
    try:
        if kind in ('command-execution', 'code-execution') and event in commands:
            if '/tmp/canary/run' in repr(args):
                say({'frames': frames_now()})
        elif kind in ('file-read', 'file-write') and event in files:
            if '/canary/' in repr(args[:2]):
                say({'frames': frames_now()})
        elif kind == 'outbound-request':
            reached = None
            if event in ('socket.connect', 'socket.sendto', 'socket.sendmsg') and is_a(args[1], tuple):
                reached = elsewhere(*args[1][:2])
            elif event in lookups:
                reached = elsewhere(args[0])
            if reached:
                say({'frames': frames_now(), 'reached': reached})
    except Exception:
        pass  # What we cannot read is none of the target's trouble.
    finally:
        setattr(busy, 'is', False)


def holds(value, text):
    """Anywhere in what came back: text, bytes, members of collections and objects. No property is asked: that would be the target's code."""
    raw, seen, open_values = text.encode(), set(), [value]
    for _ in range(MOST_VALUES):
        if not open_values:
            return False
        each = open_values.pop()
        if identity(each) in seen:
            continue
        if is_a(each, str):
            if str.__contains__(each, text):
                return True
            continue
        if is_a(each, (bytes, bytearray)):
            if each.find(raw) >= 0:
                return True
            continue
        if is_a(each, memoryview):
            if raw in each.tobytes():
                return True
            continue
        seen.add(identity(each))
        if is_a(each, dict):
            open_values.extend(dict.keys(each))
            open_values.extend(dict.values(each))
        elif is_a(each, (list, tuple, set, frozenset)):
            open_values.extend(list(each)[:MOST_VALUES])
        else:
            if is_a(each, BaseException):
                open_values.append(each.args)
                open_values.append(text_of(each))
            try:
                open_values.append(dict_of(each, '__dict__'))
            except Exception:
                pass
    return False


def message_of(cause):
    try:
        return ('%s: %s' % (kind_of(cause).__name__, text_of(cause)))[:400]
    except Exception:
        return 'something that cannot be shown'


def trip(data):
    """The self-check: trips each canary by itself, after the target was loaded."""
    if kind == 'command-execution':
        import subprocess
        subprocess.run(['/bin/sh', '-c', '/tmp/canary/run'])
    elif kind == 'code-execution':
        eval('canary()')
    elif kind == 'file-read':
        with open('/tmp/canary/secret') as file:
            return file.read()
    elif kind == 'file-write':
        with open('/tmp/root/../canary/written', 'w') as file:
            file.write('x')
    elif kind == 'outbound-request':
        import urllib.request
        urllib.request.urlopen(SINK + '/self-check').read()
    elif kind == 'super-linear':
        import re
        re.match(r'^(a+)+$', data.decode('latin1'))
    elif kind == 'memory-growth':
        return len(b'x' * oracle['overBytes'])
    elif kind == 'hang':
        while True:
            pass


def settled(value):
    if hasattr(value, '__await__'):
        import asyncio

        async def wait():
            return await value

        return asyncio.run(wait())
    return value


def loaded():
    import importlib.util
    path = '/harness/' + hello['driver']
    # What a driver names is found where the target lies, not on the host.
    sys.path[:0] = [at for at in ('/src/site-packages', '/src', '/src/src', '/src/lib') if os.path.isdir(at)]
    spec = importlib.util.spec_from_file_location('drive', path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if not callable(getattr(module, 'drive', None)):
        raise TypeError(hello['driver'] + ' has no function drive')
    return module.drive


def called(call, data):
    """How it ended, why, and what came back or was raised."""
    try:
        return 'returned', '', settled(call(data))
    except SystemExit as cause:
        return 'failed' if cause.code else 'exited', 'it ended the process with status %s' % (cause.code,), cause
    except BaseException as cause:
        return 'threw', message_of(cause), cause


def measured(call):
    while True:
        asked = json.loads(line())
        data = (asked['prefix'] + asked['pump'] * asked['times'] + asked['suffix']).encode('utf-8', 'surrogatepass')
        since = process_time() + sum(child_times()[2:4])
        how, because, _ = called(call, data)
        used = process_time() + sum(child_times()[2:4]) - since
        say({'cpuMs': used * 1000, 'how': how, 'because': because})


def main():
    import builtins
    builtins.canary = canary
    sys.addaudithook(watch)
    try:
        drive = loaded()
    except BaseException as cause:
        say({'how': 'not-loaded', 'because': 'the driver cannot be loaded: ' + message_of(cause)})
        leave(1)
    call = trip if hello['isSelfCheck'] else (lambda data: drive(data, Box))
    if kind == 'super-linear':
        measured(call)
    data = b''
    if not hello['isSelfCheck']:
        with open(hello['input'], 'rb') as file:
            data = file.read()
    how, because, value = called(call, data)
    if kind == 'file-read' and holds(value, secret):
        say({'leaked': 'returned' if how == 'returned' else 'raised'})
    until = monotonic() + hello['graceMs'] / 1000
    while monotonic() < until and any(not each.daemon and each is not threading.main_thread() for each in live_threads()):
        sleep(0.01)
    say({'how': how, 'because': because})
    leave(0)


main()
