// The addresses of an origin's host, asked for on a thread that serves nobody else: the system's
// look-up can't be interrupted, and one that hangs must hold up no other name's.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/result.h"
#include "base/task.h"
#include "net/client.h"
#include "net/sockets.h"

namespace cruddur::net {

// Thread-safe.
class NameLookUp {
 public:
  using Endpoints = std::vector<Tcp::endpoint>;
  // Blocks. Called on a thread that may outlive everything else.
  using Ask = std::function<base::Result<Endpoints>(const Origin& origin)>;

  explicit NameLookUp(Ask ask = AskSystem);

  // Of the host of `origin`, which is the same in each call. Who comes while it is being asked for
  // gets that answer: there is one thread at most. Errors: kUnavailable, kDeadlineExceeded.
  base::Task<base::Result<Endpoints>> Find(const Origin& origin, SteadyTime deadline);

 private:
  struct State;

  static base::Result<Endpoints> AskSystem(const Origin& origin);

  std::shared_ptr<State> state_;
};

}  // namespace cruddur::net
