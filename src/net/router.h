// Routes requests by method and path pattern.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/server.h"

namespace cruddur::net {

// What a pattern's {parameters} matched, percent-decoded, in order.
using PathParameters = std::vector<std::string>;
using RouteHandler =
    std::function<base::Task<void>(const Request&, const PathParameters&, Response&)>;

// Filled once at start, then constant and thread-safe. A look-up costs by the length of the path,
// not by the number of routes.
class Router {
 public:
  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  // Segments are literal, "{name}" (one non-empty segment), or a literal with a parameter behind
  // it ("@{handle}", non-empty too). Where several patterns match, a literal segment goes before
  // one with a prefix, and that before a bare parameter. Literals are compared after decoding, in
  // case. A malformed pattern, or one registered twice for a method, throws and ends the start.
  void Add(std::string_view method, std::string_view pattern, RouteHandler handler);

  // Called for paths with no route (404), for paths that have routes but not with the method (405;
  // `Allow` is already set) and for broken percent escapes (400). GET routes answer HEAD too.
  void SetErrorHandler(ProtocolErrorHandler handler) { error_handler_ = std::move(handler); }

  base::Task<void> Handle(const Request& request, Response& response) const;

  struct Route {
    std::string method, pattern;
    RouteHandler handler;
  };
  const std::vector<Route>& routes() const { return routes_; }

 private:
  struct Node;
  struct Search;

  std::vector<Route> routes_;
  std::unique_ptr<Node> root_;
  ProtocolErrorHandler error_handler_;
};

}  // namespace cruddur::net
