// Routes requests by method and path pattern.
#pragma once

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

// Filled once at start, then constant and thread-safe.
class Router {
 public:
  // Segments are literal, "{name}" (one non-empty segment), or a literal with a parameter behind
  // it ("@{handle}"). Registering a pattern and method twice ends the start.
  void Add(std::string_view method, std::string_view pattern, RouteHandler handler);

  // Called for paths with no route (404) and for paths that have the path but not the method (405;
  // `Allow` is already set). GET routes answer HEAD too.
  void SetErrorHandler(ProtocolErrorHandler handler);

  base::Task<void> Handle(const Request& request, Response& response) const;

  struct Route {
    std::string method, pattern;
    RouteHandler handler;
  };
  const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
  ProtocolErrorHandler error_handler_;
};

}  // namespace cruddur::net
