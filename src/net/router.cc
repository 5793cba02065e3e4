#include "net/router.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace cruddur::net {
namespace {

constexpr size_t kMaxSegments = 16;

// Takes the next "/segment" off the front of `path`.
std::string_view TakeSegment(std::string_view& path) {
  const size_t end = std::min(path.find('/', 1), path.size());
  const std::string_view segment = path.substr(1, end - 1);
  path.remove_prefix(end);
  return segment;
}

}  // namespace

// A segment's place in the tree of patterns.
struct Router::Node {
  template <class Key>
  using Children = std::vector<std::pair<Key, std::unique_ptr<Node>>>;

  Children<std::string> literals;
  Children<std::string> prefixed;  // longest prefix first; the empty one is the bare parameter
  std::vector<size_t> routes;      // of the patterns that end here, a method each

  static Node& Child(Children<std::string>& children, std::string_view key) {
    for (auto& [known, node] : children) {
      if (known == key) return *node;
    }
    const auto at = std::ranges::find_if(
        children, [&](const auto& child) { return child.first.size() < key.size(); });
    return *children.emplace(at, std::string(key), std::make_unique<Node>())->second;
  }
};

// One request's way through the tree.
struct Router::Search {
  const std::vector<Route>& routes;
  std::string_view method;
  std::array<std::string_view, kMaxSegments> segments{};
  size_t size = 0;
  std::vector<std::string> decoded = {};
  std::vector<std::string_view> allowed = {};  // the methods of patterns that match but for it
  PathParameters parameters = {};

  enum class SplitResult { kSplit, kTooLong, kBroken };
  SplitResult Split(std::string_view path) {
    if (!path.starts_with('/')) return SplitResult::kTooLong;
    decoded.reserve(path.find('%') == std::string_view::npos ? 0 : kMaxSegments);
    while (!path.empty()) {
      if (size == kMaxSegments) return SplitResult::kTooLong;
      std::string_view segment = TakeSegment(path);
      if (segment.find('%') != std::string_view::npos) {
        auto text = PercentDecode(segment, false);
        if (!text) return SplitResult::kBroken;
        segment = decoded.emplace_back(*std::move(text));
      }
      segments[size++] = segment;
    }
    return SplitResult::kSplit;
  }

  // `node` has matched the first `depth` segments.
  const Route* Find(const Node& node, size_t depth) {
    if (depth == size) return Choose(node);
    const std::string_view segment = segments[depth];
    for (const auto& [literal, child] : node.literals) {
      if (literal != segment) continue;
      if (const Route* route = Find(*child, depth + 1)) return route;
    }
    for (const auto& [prefix, child] : node.prefixed) {
      if (segment.size() <= prefix.size() || !segment.starts_with(prefix)) continue;
      parameters.emplace_back(segment.substr(prefix.size()));
      if (const Route* route = Find(*child, depth + 1)) return route;
      parameters.pop_back();
    }
    return nullptr;
  }

  const Route* Choose(const Node& node) {
    const Route* get = nullptr;
    for (const size_t index : node.routes) {
      if (routes[index].method == method) return &routes[index];
      if (routes[index].method == "GET") get = &routes[index];
    }
    if (get != nullptr && method == "HEAD") return get;
    for (const size_t index : node.routes) allowed.push_back(routes[index].method);
    if (get != nullptr) allowed.push_back("HEAD");
    return nullptr;
  }

  std::string Allow() {
    std::ranges::sort(allowed);
    std::string text;
    for (auto at = allowed.begin(); at != std::unique(allowed.begin(), allowed.end()); ++at) {
      text.append(text.empty() ? "" : ", ").append(*at);
    }
    return text;
  }
};

Router::Router() : root_(std::make_unique<Node>()) {
  error_handler_ = [](Response& response) {
    response.body.append("{\"message\":\"").append(ReasonPhrase(response.status)).append("\"}");
  };
}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::Add(std::string_view method, std::string_view pattern, RouteHandler handler) {
  const auto refuse = [&](std::string_view why) {
    throw std::invalid_argument("route " + std::string(method) + " " + std::string(pattern) + ": " +
                                std::string(why));
  };
  if (!pattern.starts_with('/')) refuse("a pattern begins with '/'");
  Node* node = root_.get();
  size_t segments = 0;
  for (std::string_view rest = pattern; !rest.empty();) {
    if (++segments > kMaxSegments) refuse("too many segments");
    const std::string_view segment = TakeSegment(rest);
    const size_t open = segment.find('{');
    const bool parameter = open != std::string_view::npos;
    if (std::ranges::count(segment, '{') != parameter ||
        std::ranges::count(segment, '}') != parameter ||
        (parameter && (!segment.ends_with('}') || open + 2 >= segment.size()))) {
      refuse("a segment is text, \"{name}\" or text and \"{name}\"");
    }
    node = parameter ? &Node::Child(node->prefixed, segment.substr(0, open))
                     : &Node::Child(node->literals, segment);
  }
  for (const size_t index : node->routes) {
    if (routes_[index].method == method) refuse("registered twice");
  }
  node->routes.push_back(routes_.size());
  routes_.push_back({std::string(method), std::string(pattern), std::move(handler)});
}

base::Task<void> Router::Handle(const Request& request, Response& response) const {
  Search search{.routes = routes_, .method = request.method};
  switch (search.Split(request.path)) {
    case Search::SplitResult::kSplit:
      if (const Route* route = search.Find(*root_, 0)) {
        co_await route->handler(request, search.parameters, response);
        co_return;
      }
      break;
    case Search::SplitResult::kTooLong:
      break;
    case Search::SplitResult::kBroken:
      response.status = 400;
      error_handler_(response);
      co_return;
  }
  response.status = search.allowed.empty() ? 404 : 405;
  if (!search.allowed.empty()) response.AddHeader("Allow", search.Allow());
  error_handler_(response);
}

}  // namespace cruddur::net
