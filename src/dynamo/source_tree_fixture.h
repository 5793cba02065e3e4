// Of the tests: files of the source tree, found from where the test program lies.
#pragma once

#include <filesystem>
#include <string_view>

namespace cruddur::dynamo {

// Searches the folders above the program; empty if none has it.
inline std::filesystem::path FindInSourceTree(std::string_view relative) {
  std::error_code error;
  auto folder = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  for (; !folder.empty(); folder = folder.parent_path()) {
    if (std::filesystem::exists(folder / relative, error)) return folder / relative;
    if (folder == folder.root_path()) break;
  }
  return {};
}

}  // namespace cruddur::dynamo
