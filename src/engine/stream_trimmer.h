// Removes stream records older than 24 hours, and shards and streams that ended that long ago.
#pragma once

#include <algorithm>

#include "engine/committer.h"

namespace cruddur::engine {

class StreamTrimmer final : public BackgroundTask {
 public:
  std::optional<base::Micros> Due(const std::shared_ptr<const CatalogSnapshot>& catalog,
                                  base::Micros now) override;
  void Evaluate(Commit& commit) override;
  void Finish(const DbStatus&) override {}

 private:
  // What one step may still read.
  struct Allowance {
    size_t records, bytes;
    bool used_up() const { return records == 0 || bytes == 0; }
    void Use(size_t record_bytes) {
      --records;
      bytes -= std::min(bytes, record_bytes);
    }
  };
  static void Trim(Commit& commit, const StreamState& stream, base::Micros oldest, Allowance& left);

  base::Micros next_{0};
};

}  // namespace cruddur::engine
