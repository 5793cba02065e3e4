// Who may call: the form of a request's authorization, and the seam for checking it.
#pragma once

#include <string_view>

#include "model/error.h"
#include "net/http.h"

namespace cruddur::dynamo {

// Decides on requests whose authorization has the right form. Thread-safe. None is needed where
// any credentials are good (the default on loopback).
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  // `operation`: "PutItem". Errors: kInvalidSignature, kUnrecognizedClient, kAccessDenied, …
  virtual model::DbStatus Check(const net::Request& request, std::string_view operation) = 0;
};

// That the request is signed at all, in the header or in the query, and names all that a signature
// needs; the signature itself is not looked at. Errors: kMissingAuthenticationToken,
// kIncompleteSignature, kInvalidSignature (signed in both places), with AWS's texts.
model::DbStatus CheckAuthorizationForm(const net::Request& request);

}  // namespace cruddur::dynamo
