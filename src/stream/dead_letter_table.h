// Dead letters in a table of DynamoDB's (docs/formats.md, "Dead letters"): of the store that the
// trigger's table is in, or of any endpoint.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "dynamo/client.h"
#include "stream/dead_letters.h"
#include "stream/redrive.h"

namespace cruddur::stream {

// A table that isn't there is created, on demand, with the first letter. A letter that exceeds an
// item is cut into several; its first one is written last and deleted first, so that a letter is
// there as a whole or not at all. Errors are kUnavailable, and name the table.
class DeadLetterTable final : public DeadLetters {
 public:
  static constexpr std::string_view kScheme = "table://";

  // Client and clock outlive it.
  DeadLetterTable(dynamo::Client& client, std::string table, const base::Clock& clock)
      : client_(client), table_(std::move(table)), clock_(clock) {}

  base::Task<base::Status> Keep(std::string letter) override;
  std::string place() const override { return std::string(kScheme) + table_; }

  struct Entry {
    std::string id;  // they sort by the time when they were kept
    size_t parts = 1;
  };
  // All letters that are there as a whole, in order. kNotFound where there is no table.
  base::Task<base::Result<std::vector<Entry>>> List();
  base::Task<base::Result<std::string>> Read(const Entry& entry);
  base::Task<base::Status> Delete(const Entry& entry);

 private:
  base::Task<model::DbStatus> Put(model::Item item);

  dynamo::Client& client_;
  const std::string table_;
  const base::Clock& clock_;
};

// As Redrive of a file: one invocation a letter, in order; those that fail again stay. What an
// interruption leaves undone is replayed the next time, as may be the letter that it was at.
base::Task<base::Result<RedriveReport>> Redrive(DeadLetterTable& table, Target& target);

}  // namespace cruddur::stream
