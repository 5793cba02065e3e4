// What holds for every mapping, whatever its parameters, the function's answers, the order in which
// they come, and wherever the process ends.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "stream/shard_mapping.h"

namespace cruddur::stream {
namespace {

using Work = ShardMapping::Work;

// A shard of a few items, and a function that fails by chance, some records always.
class World {
 public:
  explicit World(uint32_t seed) : random_(seed) {
    options_.batch_size = Pick(1, 6);
    options_.batching_window = std::chrono::seconds(Chance(2) ? 0 : Pick(1, 20));
    options_.parallelization_factor = Pick(1, 4);
    options_.maximum_retry_attempts = Pick(0, 4);
    if (Chance(3)) options_.maximum_record_age = std::chrono::seconds(60);
    options_.bisect_batch_on_function_error = Chance(2);
    const int count = Pick(1, 40);
    for (int i = 0; i < count; ++i) {
      wanted_.push_back(!Chance(5));
      poisoned_.push_back(Chance(8));
      items_.push_back(static_cast<uint64_t>(Pick(0, 5)));
    }
  }

  // Runs to the end, with crashes on the way; each life begins at the checkpoint.
  void Run() {
    for (int lives = Pick(1, 4); lives > 0; --lives) Live(lives == 1);
    for (size_t i = 0; i < wanted_.size(); ++i) {
      EXPECT_TRUE(!wanted_[i] || handled_.contains(i) || kept_.contains(i)) << "record " << i;
      EXPECT_TRUE(wanted_[i] || (!handled_.contains(i) && !kept_.contains(i)));
      if (poisoned_[i] && wanted_[i]) EXPECT_TRUE(kept_.contains(i) && !handled_.contains(i));
    }
  }

 private:
  int Pick(int least, int most) { return std::uniform_int_distribution(least, most)(random_); }
  bool Chance(int one_in) { return Pick(1, one_in) == 1; }

  static std::string NumberOf(size_t i) { return std::to_string(1000 + i); }
  static size_t IndexOf(const std::string& number) { return std::stoul(number) - 1000; }

  void Live(bool to_the_end) {
    ShardMapping mapping(options_);
    settled_in_life_.clear();
    std::vector<Work> under_way;
    size_t next = checkpoint_.empty() ? 0 : IndexOf(checkpoint_) + 1;
    std::map<uint64_t, size_t> last_of_item;
    const int steps = to_the_end ? 100'000 : Pick(1, 60);
    for (int step = 0; step < steps; ++step) {
      if (next == wanted_.size() && mapping.settled()) return Check(mapping, next);
      switch (Pick(0, 3)) {
        case 0:
          if (next < wanted_.size() && mapping.HasRoom()) AddRecord(mapping, next++);
          break;
        case 1:
          if (auto work = mapping.Next(now_)) {
            ExpectProper(*work, under_way, last_of_item);
            under_way.push_back(*std::move(work));
          } else if (const auto due = mapping.Due(now_)) {
            now_ = std::max(now_, *due);  // nothing else is to be waited for
          }
          break;
        case 2:
          if (!under_way.empty()) Finish(mapping, under_way);
          break;
        default:
          now_ += std::chrono::milliseconds(Pick(0, 3000));
      }
      Check(mapping, next);
    }
    EXPECT_FALSE(to_the_end) << "it came to no end";
  }

  void AddRecord(ShardMapping& mapping, size_t i) {
    if (!wanted_[i]) {
      if (i == written_.size()) written_.push_back(i == 0 ? now_ : written_.back());
      return mapping.Skip(NumberOf(i));
    }
    if (i == written_.size()) {
      const base::Micros at = now_ - std::chrono::seconds(Pick(0, 50));
      written_.push_back(i == 0 ? at : std::max(at, written_.back()));
    }
    mapping.Add({NumberOf(i), written_[i], items_[i], "{}"}, now_);
  }

  void ExpectProper(const Work& work, const std::vector<Work>& under_way,
                    std::map<uint64_t, size_t>& last_of_item) {
    ASSERT_FALSE(work.events.empty());
    EXPECT_LE(work.events.size(), static_cast<size_t>(options_.batch_size));
    for (const Work& other : under_way) EXPECT_NE(other.lane, work.lane);
    EXPECT_LE(work.attempts, options_.maximum_retry_attempts + (work.given_up ? 1 : 0));
    // Of one item no record comes before an earlier one is settled, in this life.
    for (const StreamEvent& event : work.events) {
      const size_t i = IndexOf(event.sequence_number);
      const auto [last, first_time] = last_of_item.try_emplace(event.item, i);
      if (!first_time && i > last->second) {
        EXPECT_TRUE(settled_in_life_.contains(last->second) || InOneBatch(work, last->second))
            << "record " << i << " before " << last->second;
      }
      EXPECT_FALSE(!first_time && i < last->second && settled_in_life_.contains(i))
          << "back to " << i;
      last->second = i;
    }
  }
  static bool InOneBatch(const Work& work, size_t i) {
    return std::ranges::find(work.events, NumberOf(i), &StreamEvent::sequence_number) !=
           work.events.end();
  }

  void Finish(ShardMapping& mapping, std::vector<Work>& under_way) {
    const size_t which = static_cast<size_t>(Pick(0, static_cast<int>(under_way.size()) - 1));
    Work work = std::move(under_way[which]);
    under_way.erase(under_way.begin() + static_cast<std::ptrdiff_t>(which));
    if (!work.given_up && Chance(6)) return mapping.PutBack(std::move(work), now_);
    if (work.given_up) {
      const bool kept = !Chance(4);
      if (kept) Remember(work, work.events.size(), kept_);
      return mapping.FinishKeeping(std::move(work), kept, now_);
    }
    size_t handled = 0;
    while (handled < work.events.size() &&
           !poisoned_[IndexOf(work.events[handled].sequence_number)])
      ++handled;
    if (Chance(4)) handled = static_cast<size_t>(Pick(0, static_cast<int>(handled)));
    if (handled < work.events.size() && Chance(2)) handled = 0;  // it threw
    Remember(work, handled, handled_);
    mapping.FinishInvocation(std::move(work), handled, now_);
  }
  void Remember(const Work& work, size_t count, std::set<size_t>& into) {
    for (size_t k = 0; k < count; ++k) {
      into.insert(IndexOf(work.events[k].sequence_number));
      settled_.insert(IndexOf(work.events[k].sequence_number));
      settled_in_life_.insert(IndexOf(work.events[k].sequence_number));
    }
  }

  // The checkpoint never goes back, and nothing before it is open.
  void Check(const ShardMapping& mapping, size_t added) {
    if (mapping.checkpoint().empty()) return;
    const size_t reached = IndexOf(mapping.checkpoint());
    ASSERT_LT(reached, added);
    if (!checkpoint_.empty()) ASSERT_GE(reached, IndexOf(checkpoint_));
    for (size_t i = checkpoint_.empty() ? 0 : IndexOf(checkpoint_); i <= reached; ++i) {
      ASSERT_TRUE(!wanted_[i] || settled_.contains(i)) << "record " << i;
    }
    checkpoint_ = mapping.checkpoint();
  }

  std::mt19937 random_;
  MappingOptions options_;
  std::vector<bool> wanted_, poisoned_;
  std::vector<uint64_t> items_;
  std::vector<base::Micros> written_;  // when each was, never falling
  base::Micros now_ = std::chrono::hours(1);
  std::string checkpoint_;                     // that a crash leaves
  std::set<size_t> handled_, kept_, settled_;  // in any life
  std::set<size_t> settled_in_life_;
};

TEST(ShardMappingProperty, NothingIsSkippedReorderedOrForgotten) {
  for (uint32_t seed = 0; seed < 2'000 && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    World(seed).Run();
  }
}

}  // namespace
}  // namespace cruddur::stream
