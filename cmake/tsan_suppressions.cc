// In every program of preset tsan. Debian's RocksDB is not built with ThreadSanitizer, which
// therefore doesn't see how it synchronises and takes what it does for races.
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() {
  return "race:librocksdb.so\nrace:rocksdb::\n";
}

// What was suppressed isn't told: a program's own lines are all that it writes.
extern "C" const char* __tsan_default_options();
extern "C" const char* __tsan_default_options() { return "print_suppressions=0"; }
