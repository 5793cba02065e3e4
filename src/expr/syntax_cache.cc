#include "expr/syntax_cache.h"

#include <functional>
#include <list>
#include <unordered_map>

namespace cruddur::expr {
namespace {

constexpr size_t kMaxBytes = 1 << 20;

struct Key {
  Grammar grammar;
  Origin origin;
  std::string_view text;
  bool operator==(const Key&) const = default;
};
struct KeyHash {
  size_t operator()(const Key& key) const {
    return std::hash<std::string_view>()(key.text) ^ static_cast<size_t>(key.grammar);
  }
};
struct Entry {
  Key key;  // its text is the syntax's
  std::shared_ptr<const Syntax> syntax;
};

size_t BytesOf(const Syntax& syntax) {
  constexpr size_t kFixed = 512;  // the object, its vectors, the entry and its place in the map
  return kFixed + syntax.text.size() + syntax.nodes.capacity() * sizeof(Node) +
         syntax.edges.capacity() * sizeof(uint32_t) + syntax.steps.capacity() * sizeof(Step) +
         (syntax.names.capacity() + syntax.values.capacity()) * sizeof(std::string_view) +
         syntax.actions.capacity() * sizeof(Action) + syntax.paths.capacity() * sizeof(uint32_t);
}

class SyntaxCache {
 public:
  std::shared_ptr<const Syntax> Find(const Key& key) {
    auto at = places_.find(key);
    if (at == places_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, at->second);
    return at->second->syntax;
  }

  void Insert(Grammar grammar, Origin origin, std::shared_ptr<const Syntax> syntax) {
    bytes_ += BytesOf(*syntax);
    Key key{grammar, origin, syntax->text};
    entries_.push_front({key, std::move(syntax)});
    places_.emplace(key, entries_.begin());
    while (bytes_ > kMaxBytes) {
      bytes_ -= BytesOf(*entries_.back().syntax);
      places_.erase(entries_.back().key);
      entries_.pop_back();
    }
  }

 private:
  std::list<Entry> entries_;  // the most recently used first
  std::unordered_map<Key, std::list<Entry>::iterator, KeyHash> places_;
  size_t bytes_ = 0;
};

}  // namespace

std::expected<std::shared_ptr<const Syntax>, std::string> ParseCached(Grammar grammar,
                                                                      std::string_view text,
                                                                      Origin origin) {
  if (text.size() > kMaxExpressionBytes) return Parse(grammar, text, origin);
  thread_local SyntaxCache cache;
  if (auto syntax = cache.Find({grammar, origin, text})) return syntax;
  auto parsed = Parse(grammar, text, origin);
  if (parsed) cache.Insert(grammar, origin, *parsed);
  return parsed;
}

}  // namespace cruddur::expr
