// How far a consumer has come in a stream, kept in a small file (docs/formats.md, "Checkpoints").
//
// Not thread-safe. The file is replaced, never changed; it isn't synced, for an older checkpoint
// only means that records are handled again.
#pragma once

#include <string>

#include "base/result.h"

namespace cruddur::stream {

struct Position {
  std::string stream_arn;
  std::string sequence_number;  // the last record that was handled; empty: none was
  bool operator==(const Position&) const = default;
};

class Checkpoint {
 public:
  // An empty path keeps nothing.
  explicit Checkpoint(std::string path) : path_(std::move(path)) {}

  // No file, or one that can't be understood: an empty position, from the stream's beginning.
  Position Load() const;
  base::Status Save(const Position& position);

 private:
  const std::string path_;
};

}  // namespace cruddur::stream
