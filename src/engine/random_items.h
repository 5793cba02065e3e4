// Of the tests: random tables' contents, few enough values that everything collides with
// everything. The seed is printed with each failure; CRUDDUR_SEED=<number> repeats it.
#pragma once

#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "model/table_operations.h"

namespace cruddur::engine {

inline uint64_t TestSeed() {
  static const uint64_t seed = [] {
    const char* given = std::getenv("CRUDDUR_SEED");
    return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
  }();
  return seed;
}

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}

  // 0 to count - 1.
  size_t Below(size_t count) {
    return std::uniform_int_distribution<size_t>(0, count - 1)(engine_);
  }
  bool OneIn(size_t count) { return Below(count) == 0; }
  template <class T>
  const T& Pick(const std::vector<T>& values) {
    return values[Below(values.size())];
  }

 private:
  std::mt19937_64 engine_;
};

// Texts of which one begins another, with zero bytes, and beyond ASCII.
inline const std::vector<std::string>& KeyTexts() {
  static const std::vector<std::string> texts = {"a",
                                                 "b",
                                                 "ab",
                                                 std::string("a\0", 2),
                                                 std::string("a\0b", 3),
                                                 "a\x01",
                                                 "\xC3\xA9",
                                                 "\xF0\x9F\x98\x80"};
  return texts;
}
inline model::Number KeyNumber(Random& random) {
  static const std::vector<std::string> numbers = {"0",
                                                   "1",
                                                   "-1",
                                                   "2.5",
                                                   "-2.5",
                                                   "10",
                                                   "1e100",
                                                   "-1e100",
                                                   "1e-100",
                                                   "0.1",
                                                   "12345678901234567890123456789012345678",
                                                   "12345678901234567890123456789012345677"};
  return *model::Number::Parse(random.Pick(numbers));
}

// Keys of two types, a local index and two global ones: one hash only, one of several attributes.
inline model::CreateTableRequest RandomTable(std::string name) {
  using model::ProjectionType;
  using model::Type;
  return {
      .table = std::move(name),
      .keys = {.partition = {{"pk", Type::kS}}, .sort = {{"sk", Type::kN}}},
      .attribute_definitions = {{"pk", Type::kS},
                                {"sk", Type::kN},
                                {"ls", Type::kS},
                                {"g", Type::kS},
                                {"gn", Type::kN},
                                {"gb", Type::kB}},
      .indexes = {{.name = "local",
                   .keys = {.partition = {{"pk", Type::kS}}, .sort = {{"ls", Type::kS}}},
                   .projection = {.type = ProjectionType::kKeysOnly}},
                  {.name = "flat",
                   .global = true,
                   .keys = {.partition = {{"g", Type::kS}}},
                   .projection = {.type = ProjectionType::kInclude, .non_key_attributes = {"v"}}},
                  {.name = "wide",
                   .global = true,
                   .keys = {.partition = {{"g", Type::kS}, {"gn", Type::kN}},
                            .sort = {{"ls", Type::kS}, {"gb", Type::kB}}}}},
      .billing = model::BillingMode::kPayPerRequest,
      .stream_view = model::StreamViewType::kNewAndOldImages};
}

inline model::Item RandomKey(Random& random) {
  return {{"pk", random.Pick(KeyTexts())}, {"sk", KeyNumber(random)}};
}
// Each further attribute is there or not.
inline model::Item RandomItem(Random& random) {
  model::Item item = RandomKey(random);
  if (!random.OneIn(4)) item.Set("ls", random.Pick(KeyTexts()));
  if (!random.OneIn(4)) item.Set("g", random.OneIn(2) ? "one" : "two");
  if (!random.OneIn(4)) item.Set("gn", model::Number(static_cast<int64_t>(random.Below(2))));
  if (!random.OneIn(4)) item.Set("gb", model::Binary{random.Pick(KeyTexts()) + "\xFF"});
  if (!random.OneIn(4)) item.Set("v", model::Number(static_cast<int64_t>(random.Below(100))));
  return item;
}

}  // namespace cruddur::engine
