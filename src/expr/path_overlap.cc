#include <algorithm>
#include <compare>

#include "expr/binder.h"

namespace cruddur::expr {
namespace {

using BoundPath = std::vector<BoundStep>;

enum class Clash { kNone, kOverlap, kConflict };

Clash ClashOf(const BoundPath& a, const BoundPath& b) {
  for (size_t i = 0; i < a.size() && i < b.size(); ++i) {
    if ((a[i].index >= 0) != (b[i].index >= 0)) return Clash::kConflict;
    if (a[i] != b[i]) return Clash::kNone;
  }
  return Clash::kOverlap;
}

// Names before indexes, so that paths that clash stand next to each other.
bool Before(const BoundPath* a, const BoundPath* b) {
  return std::ranges::lexicographical_compare(*a, *b, [](const BoundStep& x, const BoundStep& y) {
    return x.index != y.index ? x.index < y.index : x.name < y.name;
  });
}

bool AnyClash(const std::vector<BoundPath>& paths) {
  std::vector<const BoundPath*> order;
  for (const BoundPath& path : paths) order.push_back(&path);
  std::ranges::sort(order, Before);
  for (size_t i = 1; i < order.size(); ++i) {
    if (ClashOf(*order[i - 1], *order[i]) != Clash::kNone) return true;
  }
  return false;
}

}  // namespace

std::string PathText(const std::vector<BoundStep>& path) {
  std::string text = "[";
  for (const BoundStep& step : path) {
    if (text.size() > 1) text += ", ";
    if (step.index < 0) {
      text += step.name;
    } else {
      text += "[" + std::to_string(step.index) + "]";
    }
  }
  return text += "]";
}

// An expression can name two thousand paths, so all pairs are looked at only where some two are
// known to clash. DynamoDB reports the pair whose later path was written last.
DbStatus CheckOverlaps(const std::vector<BoundPath>& paths) {
  if (paths.size() < 2 || !AnyClash(paths)) return {};
  for (size_t later = paths.size() - 1; later > 0; --later) {
    for (size_t earlier = 0; earlier < later; ++earlier) {
      Clash clash = ClashOf(paths[earlier], paths[later]);
      if (clash == Clash::kNone) continue;
      return model::Invalid(std::string("Two document paths ") +
                            (clash == Clash::kOverlap ? "overlap" : "conflict") +
                            " with each other; must remove or rewrite one of these paths; path "
                            "one: " +
                            PathText(paths[earlier]) + ", path two: " + PathText(paths[later]));
    }
  }
  return {};
}

}  // namespace cruddur::expr
