// Files that hold secrets: written for their owner alone, read with a bound.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cruddur::auth {

// Makes `path` with mode 0600 and these contents, synced; it appears whole or not at all, and is at
// no moment readable by others. kAlreadyExists if the name is taken. The folder must exist.
base::Status CreatePrivateFile(const std::string& path, std::string_view contents);

// The file's contents, those that `make` gives where there is none yet: of several processes at
// once the first one makes it for all.
base::Result<std::string> ReadOrCreatePrivateFile(const std::string& path,
                                                  const std::function<std::string()>& make);

// The whole file; kNotFound if there is none, kInvalidArgument beyond `max_bytes`.
base::Result<std::string> ReadSmallFile(const std::string& path, size_t max_bytes = 64 * 1024);

}  // namespace cruddur::auth
