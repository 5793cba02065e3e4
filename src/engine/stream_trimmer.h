// Removes stream records older than 24 hours, and streams that ended that long ago.
#pragma once

#include "engine/committer.h"

namespace cruddur::engine {

class StreamTrimmer final : public BackgroundTask {
 public:
  std::optional<base::Micros> Due(const std::shared_ptr<const CatalogSnapshot>& catalog,
                                  base::Micros now) override;
  void Evaluate(Commit& commit) override;
  void Finish(const DbStatus&) override {}

 private:
  // True: there may be more than one step looks at.
  bool Trim(Commit& commit, const StreamState& stream, base::Micros oldest);

  base::Micros next_{0};
};

}  // namespace cruddur::engine
