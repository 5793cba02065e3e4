// Pages of other origins that may call the API: the CORS protocol of the Fetch standard, for the
// origins that the operator names and for no others.
//
// It keeps browsers from showing answers to foreign pages; who may ask what is decided by the
// access token, which no browser sends by itself. So a request of another origin is answered like
// any other, without the headers that would let the page see the answer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/http.h"

namespace cruddur::api {

// Constant, then thread-safe.
class Cors {
 public:
  // Origins as browsers send them, separated by commas or spaces: https://app.example.com,
  // http://localhost:3000. Empty: none. kInvalidArgument names what is none; "*" and "null" aren't.
  static base::Result<Cors> Parse(std::string_view origins);

  // Without origins there is nothing to do.
  bool empty() const { return origins_.empty(); }

  // For each request, before it is handled: what the answer says besides. True: the request was a
  // preflight and is answered, with 204 for an origin that is allowed and 403 for others.
  bool Answer(const net::Request& request, net::Response& response) const;

 private:
  std::vector<std::string> origins_;
};

}  // namespace cruddur::api
