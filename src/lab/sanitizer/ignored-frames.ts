import { inOrder } from './text.ts';

/**
 * Frames that say nothing about where a fault lies: allocators, the C library, sanitizers, the machinery of panics and aborts, fuzzing engines.
 * A fact per row, after ClusterFuzz's list (google/clusterfuzz, Apache-2.0, src/clusterfuzz/stacktraces/constants.py).
 */

const whole: ReadonlySet<string> = new Set(
  words(`
  abort exit pthread_create pthread_kill raise tgkill __chk_fail __fortify_fail
  <unknown> [vdso] panic`),
);

const starts: readonly string[] = [
  // C library, and compilers' own copies of it.
  ...words('aeabi_ memcmp memcpy memmove memset strcmp strcpy strdup strlen strncpy').flatMap((name) => [name, `__${name}`]),
  ...words(`
    _L_unlock_ __GI_ __assert_ __cxa_atexit __cxa_rethrow __cxa_throw __libc_ __pthread_kill __run_exit_handlers __scrt_common_main_seh
    _start _etext abort calloc common_exit exit_or_terminate_process free gsignal main malloc realloc scanf
    libc_io_functions_not_implemented_use_fdio_instead std::__terminate demangling_terminate_handler`),
  // C++ operators.
  ...words('New new delete operator'),
  // Sanitizers.
  ...words(`
    __asan:: __asan_ __hwasan:: __hwasan_ __lsan:: __lsan_ __msan:: __msan_ __tsan:: __tsan_ __ubsan:: __ubsan_ __sanitizer:: __sanitizer_
    _asan_ _hwasan_ _lsan_ _msan_ _tsan_ _ubsan_ _sanitizer_ asan_ asan.module_ctor asan.module_dtor
    ___interceptor_backtrace __interceptor_ MSanAtExitWrapper <libclang_rt.asan.so> generic_cpp_`),
  // Kernels.
  ...words(`
    __dump_stack __kasan_ kasan_ check_memory_region dump_backtrace dump_stack object_err print_address_description print_trailer show_stack`),
  // Rust.
  ...words(`
    _$LT$ __rust_start_panic __rust_try alloc:: core::fmt::write core::panic panic_abort:: rust_begin_unwind rust_fuzzer_test_input rust_oom
    rust_panic libfuzzer_sys::initialize std::io::Write::write_fmt std::panic std::process::abort std::sys::unix::abort std::sys::backtrace
    std::sys_common::backtrace`),
  // Go, Swift, Objective-C.
  ...words('runtime. _swift_stdlib_ _objc_terminate'),
  // Fuzzing engines and their entry points.
  ...words('LLVMFuzzerTestOneInput TestOneProtoInput fuzzer::'),
  // Chromium, WebKit, V8, Skia, Mozilla, Abseil.
  ...words(`
    Abort( CFCrash ExitCallback IsSandboxedProcess RaiseException SbSystemBreakIntoDebugger SignalAction SignalHandler WTF:: WTFCrash X11Error
    <null> fpehandler( g_log mozalloc_ absl::log_internal:: SkAbort_FileLine SkMutex::~SkMutex V8_Fatal blink::ReportV8FatalError
    v8::api_internal::ToLocalEmpty v8::internal::Isolate::PushStackTraceAndDie v8::internal::Isolate::PushParamsAndDie`),
  // Android and Fuchsia.
  ...words(`
    android.app.ActivityManagerProxy. android.os.Parcel. art::Thread::CreateNativeThread CrashTrampolineAsm __zx_panic syslog::LogMessage`),
  'c:/clusterfuzz/bot/build',
];

const anywhere: readonly string[] = [
  ...words(`
    ASAN_OnSIGSEGV BaseThreadInitThunk DebugBreak DefaultDcheckHandler ForceCrashOnSigAbort MemoryProtection::CMemoryProtector PartitionAlloc
    RtlFreeHeap RtlInitializeExceptionChain RtlReportCriticalFailure RtlUserThreadStart RtlpHeapHandleError RtlpLogHeapFailure SkDebugf
    StackDumpSignalHandler __android_log_assert __tmainCRTStartup _asan_rtl_ agent::asan:: allocator_shim asan_Heap asan_check_access
    asan_osx_dynamic.dylib assert base::FuzzedDataProvider base::allocator base::android::CheckException base::debug::BreakDebugger
    base::debug::CollectStackTrace base::debug::StackTrace::StackTrace ieee754- libpthread logger logging::CheckError
    stdext::exception::what v8::base::OS::Abort Runtime_AbortCSADcheck centipede:: fuzztest::internal:: +Unknown`),
  // Places.
  ...words(`
    /AOSP-toolchain/ /bindings/ToV8.h /crosstool/ /gcc/ /glibc- /googletest/ /jemalloc/ /libc++ /libc/ /llvm-build/ /minkernel/crts/
    /sanitizer_common/ /tcmalloc/ /vc/include/ /vctools/crt/ /win_toolchain/ libc++/ third_party/fuzztest/ /memorycmp.c`),
  ' base/callback',
  ' /rust/',
  ' /rustc/',
  '<unknown module>',
  'Inline Function @',
];

const inParts: readonly (readonly string[])[] = [
  ['logging::', 'LogMessage'],
  ['logging::', 'NoreturnError'],
];

/** With symbols at hand, a frame that has only a library's name is one of the C or C++ library. */
const libraries: readonly string[] = ['libc.so', 'libc++.so', 'libc++_shared.so', 'libstdc++.so'];

const sharedObjects = /^(?:libgcc_s.so|linux-gate.so)/;

export function isIgnoredFrame(frame: string, symbolized: boolean, custom: readonly RegExp[]): boolean {
  if (frame.length < 3) return true;
  const text = frame.replaceAll('\\', '/');
  return (
    whole.has(text) ||
    starts.some((start) => text.startsWith(start)) ||
    anywhere.some((part) => text.includes(part)) ||
    inParts.some((parts) => inOrder(text, ...parts)) ||
    sharedObjects.test(text) ||
    custom.some((pattern) => pattern.test(text)) ||
    (symbolized && (libraries.some((name) => text.includes(name)) || inOrder(text, 'libc-', '.so')))
  );
}

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
