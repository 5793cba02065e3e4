// How far a consumer has come in a stream, kept in a small file (docs/formats.md, "Checkpoints").
//
// Not thread-safe. The file is replaced, never changed.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace cruddur::stream {

struct Position {
  std::string stream_arn;       // empty: the table had no stream yet
  std::string sequence_number;  // the last record that was handled; empty: none was
  base::Micros since{0};        // what was written before isn't wanted; 0: all is
  bool ended = false;           // the stream was read to its end
  bool operator==(const Position&) const = default;
};

class Checkpoint {
 public:
  // An empty path keeps nothing.
  explicit Checkpoint(std::string path) : path_(std::move(path)) {}

  // Null where there is no file. kCorruption for one that can't be understood, kIo for one that
  // can't be read: what was handled before isn't known then.
  base::Result<std::optional<Position>> Load() const;

  // Where an older checkpoint only means that records are handled again nothing need be `synced`;
  // where none would mean that they are skipped, it has to be.
  enum class Durability { kProcess, kDisk };
  base::Status Save(const Position& position, Durability durability = Durability::kProcess);

 private:
  const std::string path_;
};

}  // namespace cruddur::stream
