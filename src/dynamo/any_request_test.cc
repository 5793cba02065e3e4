// The bodies of tests/wire, whole and mangled, as the bodies of every operation: a fuzz target's
// corpus that runs in every preset.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <fstream>
#include <vector>

#include "dynamo/any_request_fixture.h"
#include "dynamo/source_tree_fixture.h"

namespace cruddur::dynamo {
namespace {

std::vector<std::string> WireBodies() {
  std::vector<std::string> bodies;
  for (const auto& entry : std::filesystem::directory_iterator(FindInSourceTree("tests/wire"))) {
    if (entry.path().extension() != ".txt") continue;
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      if (line.starts_with("> {") || line.starts_with("< {")) bodies.push_back(line.substr(2));
    }
  }
  return bodies;
}

TEST(AnyRequest, IsReadAgainAsItWasWrittenOrRefused) {
  const std::vector<std::string> bodies = WireBodies();
  ASSERT_GT(bodies.size(), 100u);
  for (const std::string& body : bodies) {
    for (unsigned choice = 0; choice < kAnyBodyChoices; ++choice) CheckAnyBody(choice, body);
  }
}

TEST(AnyRequest, SurvivesMangling) {
  const std::vector<std::string> bodies = WireBodies();
  rc::check([&] {
    std::string body = *rc::gen::elementOf(bodies);
    const int changes = *rc::gen::inRange(1, 4);
    for (int i = 0; i < changes && !body.empty(); ++i) {
      const size_t at = *rc::gen::inRange<size_t>(0, body.size());
      switch (*rc::gen::inRange(0, 4)) {
        case 0:
          body[at] = *rc::gen::elementOf(std::string("{}[]:,\"0-e.\\ntS"));
          break;
        case 1:
          body.erase(at, *rc::gen::inRange<size_t>(1, 20));
          break;
        case 2:
          body.insert(at, *rc::gen::elementOf(std::vector<std::string>{
                              "null", "[]", "{}", "\"\"", "1e400", "-1", "true", "\\u0000"}));
          break;
        default: {
          // A piece of another body: structures in places where they don't belong.
          const std::string other = *rc::gen::elementOf(bodies);
          const size_t from = *rc::gen::inRange<size_t>(0, other.size());
          body.insert(at, other.substr(from, 40));
        }
      }
    }
    CheckAnyBody(*rc::gen::inRange(0u, kAnyBodyChoices), body);
  });
}

}  // namespace
}  // namespace cruddur::dynamo
