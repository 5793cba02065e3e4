// Of the benchmarks in C++: their flags, where their stores lie, and how they give up.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>

namespace cruddur::bench {

[[noreturn]] inline void Die(std::string_view program, std::string_view what) {
  fmt::print(stderr, "{}: {}\n", program, what);
  std::exit(1);
}

struct Flag {
  std::string_view name;  // with its dashes
  int64_t* value;         // at least 1
};

// Each flag takes a number; what is none of them ends the program with its usage.
inline void ReadFlags(std::string_view program, int count, char** arguments,
                      std::initializer_list<Flag> flags) {
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view name = arguments[i];
    const auto* flag = std::ranges::find(flags, name, &Flag::name);
    if (flag == flags.end()) {
      std::string usage = fmt::format("usage: {}", program);
      for (const Flag& each : flags) usage += fmt::format(" [{} N]", each.name);
      Die(program, usage);
    }
    *flag->value = std::max<int64_t>(std::atoll(arguments[i + 1]), 1);
  }
}

// A new directory under TMPDIR, removed at the end.
class TemporaryDirectory {
 public:
  explicit TemporaryDirectory(std::string_view program)
      : path_(std::filesystem::temp_directory_path() / fmt::format("{}-XXXXXX", program)) {
    if (mkdtemp(path_.data()) == nullptr) Die(program, "cannot make a directory");
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace cruddur::bench
