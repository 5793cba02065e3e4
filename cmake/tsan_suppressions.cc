// In every program of preset tsan. Debian's RocksDB is not built with ThreadSanitizer, which
// therefore doesn't see how it synchronises and takes what it does for races.
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() {
  return "race:librocksdb.so\nrace:rocksdb::\n";
}
