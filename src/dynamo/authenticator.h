// Who calls, and what he may do: the form of a request's authorization, and the seam for checking
// it.
#pragma once

#include <memory>
#include <string_view>

#include "dynamo/access_needs.h"
#include "model/error.h"
#include "net/http.h"

namespace cruddur::dynamo {

// Whoever signed a request. Of that request only.
class Caller {
 public:
  virtual ~Caller() = default;
  // kAccessDenied unless all of it is allowed. No needs at all are denied.
  virtual model::DbStatus Authorize(std::string_view operation, const AccessNeeds& needs) const = 0;
};

// Decides on requests whose authorization has the right form. Thread-safe. None is needed where
// any credentials are good (the default on loopback).
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  // The caller refers to the request. Errors: kInvalidSignature, kIncompleteSignature,
  // kUnrecognizedClient.
  virtual model::DbResult<std::unique_ptr<Caller>> Authenticate(const net::Request& request) = 0;
};

// That the request is signed at all, in the header or in the query, and names all that a signature
// needs; the signature itself is not looked at. Errors: kMissingAuthenticationToken,
// kIncompleteSignature, kInvalidSignature (signed in both places), with AWS's texts.
model::DbStatus CheckAuthorizationForm(const net::Request& request);

}  // namespace cruddur::dynamo
